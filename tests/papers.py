"""Pictures and PDFs as people upload them, with what must not be kept hidden in them. All invented."""

import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

SECRET = "SECRET-NOTE"
ORIENTATION, GPS = 0x0112, 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (120, 80), **more: Any) -> bytes:
    """A grey picture in which one corner is red."""
    drawn = Image.new("RGB", size, (200, 200, 200))
    drawn.paste((255, 0, 0), (0, 0, size[0] // 4, size[1] // 4))
    out = BytesIO()
    drawn.save(out, kind, **more)
    return out.getvalue()


def photo() -> bytes:
    """A JPEG as a phone makes it, held upright: where it was taken, a comment, and the turn to be made."""
    hidden = Image.Exif()
    hidden[ORIENTATION] = 6
    hidden[GPS] = {1: "N", 2: (40.0, 46.0, 12.0), 3: "E", 4: (114.0, 52.0, 48.0)}
    hidden[0x010E] = SECRET
    return picture(exif=hidden, comment=SECRET.encode())


def bomb() -> bytes:
    """A PNG of some kilobytes that says it has 20,000 × 20,000 pixels: its header is enough."""
    small = bytearray(picture("PNG"))
    small[16:24] = (20_000).to_bytes(4, "big") * 2
    small[29:33] = zlib.crc32(small[12:29]).to_bytes(4, "big")
    return bytes(small)


def pdf(*, pages: int = 1, password: str = "") -> bytes:
    """A PDF of photos that runs a script when opened, carries a program, and says who wrote it."""
    first = Image.open(BytesIO(photo()))
    out = BytesIO()
    first.save(out, "PDF", title=SECRET, save_all=True, append_images=[first] * (pages - 1))
    writer = PdfWriter(clone_from=PdfReader(BytesIO(out.getvalue())))
    action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject(key): value for key, value in action.items()}
    )
    writer.add_attachment("program.exe", b"MZ" + SECRET.encode())
    writer.add_metadata({"/Author": SECRET})
    writer.add_annotation(0, Link(rect=(0, 0, 20, 20), url="https://example.com/"))
    writer.add_annotation(0, FreeText(text="stamped", rect=(20, 20, 60, 40)))
    if password:
        writer.encrypt(password)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
