"""The pages of the improvement loop."""
