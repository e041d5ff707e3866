"""Pictures for the stories: plain sheets that show nobody and nothing."""

import io

from PIL import Image, ImageDraw


def sheet() -> bytes:
    """A signed paper, as a scanner would give it."""
    return _drawn("white", "DEMO PAPER")


def photograph() -> bytes:
    """What stands for a photo of a person: a grey field."""
    return _drawn("lightgrey", "DEMO PHOTO")


def _drawn(ground: str, words: str) -> bytes:
    image = Image.new("RGB", (640, 480), ground)
    ImageDraw.Draw(image).text((40, 40), words, fill="black")
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
