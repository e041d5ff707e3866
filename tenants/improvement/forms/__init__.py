"""The forms of the improvement loop: they validate for pages and API alike."""
