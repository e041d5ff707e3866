"""What a file may be that comes in: its type by content, and all of it rebuilt without what was hidden in it.

Nothing is kept as it came. A picture is decoded and encoded anew, which drops its metadata, whatever was
appended to it, and turns it as the camera was held. Of a PDF the pages are kept: no metadata, no script, no
file inside, nothing that acts when it is opened.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

PIXELS_AT_MOST = 40_000_000
"""Asked of the header before anything is decoded: a picture bomb is a few kilobytes on disk."""
LONGEST_SIDE = 4000
"""Pixels; a larger picture is kept smaller, which is still enough to read a page of print."""
PAGES_AT_MOST = 60
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
ENDINGS = {JPEG: "jpg", PNG: "png", PDF: "pdf"}


class Unfit(ValueError):
    """The file is not taken; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class CleanFile:
    """A file as it may be kept: made harmless, with its type by content and its hash."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def limit_words() -> str:
    return f"{settings.UPLOAD_MAX_BYTES // (1024 * 1024)}MB"


def too_large() -> str:
    """The sentence for a file, or files together, above UPLOAD_MAX_BYTES."""
    return f"文件超过{limit_words()}，请压缩或分开上传。"


def clean(name: str, content: bytes) -> CleanFile:
    """The file made harmless, judged by what is in it, whatever its name says. Raises Unfit."""
    kind = _looks_like(content)
    if kind not in _MAKERS:
        raise Unfit(f"这个文件的内容实际是{kind}，不能作为佐证；请上传JPG、PNG、WebP图片或PDF。")
    media_type, safe = _MAKERS[kind](content)
    if len(safe) > settings.UPLOAD_MAX_BYTES:
        raise Unfit(too_large())
    return CleanFile(name[-NAME_AT_MOST:], media_type, safe)


def type_of(content: bytes) -> str:
    """The media type of a file that was made harmless, judged by what is in it; "" for anything else."""
    return {"JPEG": JPEG, "PNG": PNG, "PDF": PDF}.get(_looks_like(content), "")


NAME_AT_MOST = 120

# --- What it really is -------------------------------------------------------------------------------

_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (8, b"WEBP", "WebP"),
    (0, b"%PDF-", "PDF"),
    (0, b"GIF8", "GIF图片"),
    (0, b"BM", "BMP图片"),
    (0, b"II*\x00", "TIFF图片"),
    (0, b"MM\x00*", "TIFF图片"),
    (4, b"ftypheic", "HEIC图片（请在手机相机设置中改为JPG）"),
    (4, b"ftypmif1", "HEIC图片（请在手机相机设置中改为JPG）"),
    (4, b"ftyp", "视频（请上传截图）"),
    (0, b"\x1aE\xdf\xa3", "视频（请上传截图）"),
    (8, b"AVI ", "视频（请上传截图）"),
    (8, b"WAVE", "录音"),
    (0, b"ID3", "录音"),
    (0, b"OggS", "录音"),
    (0, b"PK\x03\x04", "压缩包或Office文档（请另存为PDF）"),
    (0, b"\xd0\xcf\x11\xe0", "Office文档（请另存为PDF）"),
    (0, b"Rar!", "压缩包"),
    (0, b"7z\xbc\xaf", "压缩包"),
    (0, b"\x1f\x8b", "压缩包"),
    (0, b"MZ", "程序"),
    (0, b"\x7fELF", "程序"),
    (0, b"#!", "脚本"),
    (0, b"{\\rtf", "文字文档（请另存为PDF）"),
)
_MARKUP = ((b"<svg", "SVG矢量图"), (b"<?php", "脚本"), (b"<script", "脚本"), (b"<html", "网页"))
_HEAD = 1024


def _looks_like(content: bytes) -> str:
    for start, sign, kind in _SIGNS:
        if content.startswith(sign, start):
            return kind
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, kind in _MARKUP:
        if mark in head:
            return kind
    try:
        content[:_HEAD].decode("ascii")
    except UnicodeDecodeError:
        return "无法识别的内容"
    return "文本或脚本"


# --- Pictures ----------------------------------------------------------------------------------------

_TOO_MANY_PIXELS = f"图片超过{PIXELS_AT_MOST // 10_000}万像素，请缩小后再上传。"
_BROKEN_PICTURE = "图片已损坏，打不开；请重新拍摄或另存后再上传。"


def _picture(content: bytes) -> tuple[str, bytes]:
    """Decoded and encoded anew: PNG stays without loss, the others become JPEG."""
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
            width, height = opened.size
            if width * height > PIXELS_AT_MOST:
                raise Unfit(_TOO_MANY_PIXELS)
            lossless = opened.format == "PNG"
            upright = ImageOps.exif_transpose(opened)
            transparent = upright.has_transparency_data
            picture = upright.convert("RGBA" if transparent else "RGB")
    except Unfit:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(_TOO_MANY_PIXELS) from None
    except Exception:  # a hundred ways to be broken, and each decoder has exceptions of its own
        raise Unfit(_BROKEN_PICTURE) from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info = {}  # or the encoder writes the comment and the colour profile back
    return encoded(picture, lossless=lossless)


def encoded(picture: Image.Image, *, lossless: bool) -> tuple[str, bytes]:
    """(media type, bytes) of a picture in RGB or RGBA; what is transparent turns white in a JPEG."""
    out = BytesIO()
    if lossless:
        picture.save(out, "PNG")
        return PNG, out.getvalue()
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    picture.save(out, "JPEG", quality=88, optimize=True)
    return JPEG, out.getvalue()


# --- PDF ---------------------------------------------------------------------------------------------

_BROKEN_PDF = "PDF已损坏或不规范，打不开；请重新导出或扫描后再上传。"
_PAGE_KEYS = frozenset({"/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Annots"})
_VISIBLE_NOTES = frozenset({"/Widget", "/FreeText", "/Stamp", "/Ink", "/Highlight", "/Underline"})
"""Annotations that are part of what one sees, such as a form filled in; links, media and files are not."""
_HIDDEN = frozenset(
    {"/AA", "/AF", "/EF", "/JS", "/OpenAction", "/Metadata", "/PieceInfo", "/LastModified", "/StructParents"}
)
_OF_NOTES = frozenset({"/A", "/Parent", "/P", "/Popup", "/StructParent"})


def _pdf(content: bytes) -> tuple[str, bytes]:
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise Unfit("PDF设有密码或限制，请去掉后再上传。")
        count = len(reader.pages)
        if not 0 < count <= PAGES_AT_MOST:
            raise Unfit(f"PDF有{count}页，最多{PAGES_AT_MOST}页，请分开上传。")
        writer = PdfWriter()
        for page in reader.pages:
            writer.add_page(page, excluded_keys=[key for key in page if key not in _PAGE_KEYS])
        for page in writer.pages:
            _strip_page(page)
        for found in _dictionaries(writer):
            _strip(found)
        writer.metadata = None
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        out = BytesIO()
        writer.write(out)
    except Unfit:
        raise
    except Exception:  # a hundred ways to be broken; none of them is ours
        raise Unfit(_BROKEN_PDF) from None
    return PDF, out.getvalue()


def _strip_page(page: DictionaryObject) -> None:
    notes = [note for note in page.get("/Annots", ()) if _is_visible(note.get_object())]
    if notes:
        page[NameObject("/Annots")] = ArrayObject(notes)
    else:
        page.pop("/Annots", None)


def _is_visible(note: Any) -> bool:
    return isinstance(note, DictionaryObject) and note.get("/Subtype") in _VISIBLE_NOTES


def _dictionaries(writer: PdfWriter) -> Iterator[DictionaryObject]:
    """Every dictionary that the writer holds, also those inside of others."""
    waiting: list[Any] = list(writer._objects)
    while waiting:
        found = waiting.pop()
        if isinstance(found, DictionaryObject):
            yield found
            waiting += found.values()
        elif isinstance(found, ArrayObject):
            waiting += found
        # an IndirectObject leads to one of those listed already


def _strip(found: DictionaryObject) -> None:
    """Resources are named freely, so keys mean something only where the dictionary says what it is."""
    if "/Type" in found or "/Subtype" in found or isinstance(found, StreamObject):
        for key in _HIDDEN.intersection(found):
            del found[key]
    if found.get("/Subtype") in _VISIBLE_NOTES and "/Rect" in found:
        for key in _OF_NOTES.intersection(found):
            del found[key]
    if isinstance(found, StreamObject) and found.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
        found._data = _without_segments(found._data)


def _without_segments(jpeg: bytes) -> bytes:
    """A JPEG of a page without its APP1–APP13 and comments: EXIF and positions. Pixels are not touched."""
    kept, place = [jpeg[:2]], 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF and jpeg[place + 1] != 0xDA:
        marker, end = jpeg[place + 1], place + 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if not (0xE1 <= marker <= 0xED or marker == 0xFE):  # APP14 says how colours are coded
            kept.append(jpeg[place:end])
        place = end
    return b"".join((*kept, jpeg[place:]))


_MAKERS: dict[str, Callable[[bytes], tuple[str, bytes]]] = {
    "JPEG": _picture,
    "PNG": _picture,
    "WebP": _picture,
    "PDF": _pdf,
}
