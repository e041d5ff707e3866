"""The forms of replies and of what follows them."""
