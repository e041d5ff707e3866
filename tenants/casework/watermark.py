"""Who looked, when, and at which matter, drawn over every picture and page that is shown."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
)

from tenants.casework.files import JPEG, PDF, encoded

_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
)
"""Where the usual packages put a Chinese font. Without one the words are drawn in ASCII."""
ANGLE = 28
OPACITY = 96
GREY = 110


def marked(content: bytes, media_type: str, words: str, ascii_words: str) -> bytes:
    """The file with `words` over it, of the same type; `ascii_words` where no Chinese font is installed."""
    text = words if chinese_font() else ascii_words
    if media_type == PDF:
        return _marked_pdf(content, text)
    with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as opened:
        picture = opened.copy()
    mask = veil(picture.size, text).point(lambda value: value * OPACITY // 255)
    picture.paste((GREY, GREY, GREY, 255)[: len(picture.getbands())], (0, 0), mask)
    return encoded(picture, lossless=media_type != JPEG)[1]


@cache
def chinese_font() -> str:
    """The path of a font with Chinese characters, "" where there is none."""
    return next((path for path in _FONTS if Path(path).exists()), "")


def veil(size: tuple[int, int], text: str) -> Image.Image:
    """A mask of this size covered with the text, slanted, from corner to corner: 255 where there is ink."""
    width, height = size
    letters = _font(max(12, min(width, height) // 28))
    left, top, right, bottom = letters.getbbox(text)
    step_x, step_y = int(right - left) + 60, int(bottom - top) * 5
    side = int((width**2 + height**2) ** 0.5) + 1
    sheet = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(sheet)
    for row, y in enumerate(range(0, side, max(step_y, 1))):
        for x in range(-(row % 2) * step_x // 2, side, step_x):
            pen.text((x, y), text, fill=255, font=letters)
    turned = sheet.rotate(ANGLE, resample=Image.Resampling.BILINEAR)
    from_left, from_top = (side - width) // 2, (side - height) // 2
    return turned.crop((from_left, from_top, from_left + width, from_top + height))


def _font(size: int) -> Any:
    path = chinese_font()
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


# --- PDF ---------------------------------------------------------------------------------------------

_LONGEST_SIDE = 1600
"""Pixels of the mask over a page: sharp enough to read, small enough to add little."""


def _marked_pdf(content: bytes, text: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    masks: dict[tuple[int, int], IndirectObject] = {}
    for page in writer.pages:
        box = page.mediabox
        width, height = max(float(box.width), 1.0), max(float(box.height), 1.0)
        scale = _LONGEST_SIDE / max(width, height)
        size = (max(int(width * scale), 1), max(int(height * scale), 1))
        if size not in masks:
            masks[size] = writer._add_object(_stencil(size, text))
        _lay_over(writer, page, masks[size], (float(box.left), float(box.bottom), width, height))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _stencil(size: tuple[int, int], text: str) -> Any:
    """The text as a stencil that the page's colour is painted through: no font is needed, and nothing can be
    searched for and taken out."""
    bits = veil(size, text).point(lambda value: 255 if value < 128 else 0).convert("1")
    stencil = DecodedStreamObject()
    stencil.set_data(bits.tobytes())
    stencil |= {
        NameObject("/Type"): NameObject("/XObject"),
        NameObject("/Subtype"): NameObject("/Image"),
        NameObject("/Width"): NumberObject(size[0]),
        NameObject("/Height"): NumberObject(size[1]),
        NameObject("/ImageMask"): BooleanObject(True),
        NameObject("/BitsPerComponent"): NumberObject(1),
    }
    return stencil.flate_encode()


def _lay_over(
    writer: PdfWriter, page: Any, mask: IndirectObject, box: tuple[float, float, float, float]
) -> None:
    """Append to what the page draws, in a state of its own, without reading what it draws."""
    left, bottom, width, height = box
    resources = DictionaryObject(_resources(page))
    resources[NameObject("/XObject")] = _with(resources.get("/XObject"), "/BanchengMark", mask)
    faint = DictionaryObject(
        {NameObject("/Type"): NameObject("/ExtGState"), NameObject("/ca"): FloatObject(OPACITY / 255)}
    )
    resources[NameObject("/ExtGState")] = _with(resources.get("/ExtGState"), "/BanchengFaint", faint)
    page[NameObject("/Resources")] = resources
    grey = GREY / 255
    drawn = (
        f"\nQ q /BanchengFaint gs {grey:.3f} g {width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm"
        " /BanchengMark Do Q\n"
    )
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.set_data(b"q\n")
    after.set_data(drawn.encode())
    contents = page.get("/Contents")
    contents = contents.get_object() if contents is not None else ArrayObject()
    drawing = list(contents) if isinstance(contents, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject(
        [writer._add_object(before), *drawing, writer._add_object(after)]
    )


def _resources(page: Any) -> Any:
    found = page
    while found is not None:
        if "/Resources" in found:
            return found["/Resources"].get_object()
        found = found["/Parent"].get_object() if "/Parent" in found else None
    return {}


def _with(held: Any, name: str, value: Any) -> DictionaryObject:
    """A copy, since pages share these, with one more name in it."""
    copy = DictionaryObject(held.get_object() if held is not None else {})
    copy[NameObject(name)] = value
    return copy
