"""The pages of the counter and of a matter: thin over forms, acts and selectors."""
