"""What a file may be, what is left of it when it is kept, and what is drawn over it when it is shown."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from PIL import Image, ImageChops
from pypdf import PdfReader

from tenants.casework import files, watermark
from tests import papers

WORDS = "王示例 clerk 2026-11-24 10:00 BF130722-2026-000001"
PLAIN = "clerk 2026-11-24 10:00 BF130722-2026-000001"


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize(
    ("kind", "media_type"), [("JPEG", files.JPEG), ("PNG", files.PNG), ("WEBP", files.JPEG)]
)
def test_a_picture_is_known_by_its_content(kind: str, media_type: str) -> None:
    kept = files.clean("扫描.pdf", papers.picture(kind))
    assert kept.media_type == media_type
    assert opened(kept.content).size == (120, 80)


def test_nothing_that_was_hidden_in_a_photo_is_kept() -> None:
    sent = papers.photo()
    assert papers.SECRET.encode() in sent
    kept = files.clean("a.jpg", sent).content
    assert dict(opened(kept).getexif()) == {}
    assert papers.SECRET.encode() not in kept


def test_a_photo_is_turned_as_the_camera_was_held() -> None:
    kept = opened(files.clean("a.jpg", papers.photo()).content)
    assert kept.size == (80, 120)
    red, green, _ = kept.convert("RGB").getpixel((75, 5))  # type: ignore[misc]
    assert red > 200 > green  # type: ignore[operator]


def test_what_was_appended_to_a_picture_is_dropped() -> None:
    kept = files.clean("a.jpg", papers.picture() + b"<script>alert(1)</script>").content
    assert b"script" not in kept


def test_a_large_picture_is_kept_smaller() -> None:
    kept = files.clean("a.png", papers.picture("PNG", size=(5000, 100))).content
    assert opened(kept).size == (files.LONGEST_SIDE, 80)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"#!/bin/sh\nrm -rf /\n", "脚本"),
        (b"MZ\x90\x00" + b"\x00" * 60, "程序"),
        (b"<html><script>alert(1)</script>", "脚本"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG矢量图"),
        (b"alert(1)", "文本或脚本"),
        (b"PK\x03\x04" + b"\x00" * 30, "压缩包或Office文档"),
        (b"GIF89a" + b"\x00" * 30, "GIF图片"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC图片"),
        (b"\x00\x00\x00\x18ftypmp42", "视频"),
        (b"\xfe\xed\xfa\xce", "无法识别的内容"),
    ],
)
def test_what_is_no_picture_is_refused_by_what_it_is(content: bytes, said: str) -> None:
    with pytest.raises(files.Unfit) as refused:
        files.clean("photo.jpg", content)
    assert f"实际是{said}" in str(refused.value)


def test_a_picture_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(files.Unfit, match="万像素"):
        files.clean("a.png", papers.bomb())


@pytest.mark.parametrize("cut", [20, 200, 400])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_broken_picture_gets_its_sentence(kind: str, cut: int) -> None:
    with pytest.raises(files.Unfit):
        files.clean("a.jpg", papers.picture(kind, size=(900, 700))[:cut])


def test_a_pdf_keeps_its_pages_and_nothing_that_acts() -> None:
    sent = papers.pdf(pages=3)
    kept = files.clean("a.pdf", sent).content
    for mark in (b"/JavaScript", b"/JS (app", b"/EmbeddedFile", b"MZ" + papers.SECRET.encode(), b"/URI"):
        assert mark in sent
        assert mark not in kept
    assert papers.SECRET.encode() not in kept
    read = PdfReader(BytesIO(kept))
    assert len(read.pages) == 3
    assert [note.get_object()["/Subtype"] for note in read.pages[0]["/Annots"]] == ["/FreeText"]  # type: ignore[attr-defined]


def test_a_photo_in_a_pdf_does_not_say_where_it_was_taken() -> None:
    page = PdfReader(BytesIO(files.clean("a.pdf", papers.pdf()).content)).pages[0]
    (image,) = page.images
    assert dict(opened(image.data).getexif()) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.4\nnothing\n%%EOF", "损坏"),
        (papers.pdf()[:600], "损坏"),
        (papers.pdf(password="x"), "密码"),
        (papers.pdf(pages=files.PAGES_AT_MOST + 1), "分开上传"),
    ],
)
def test_a_pdf_that_cannot_be_read_gets_its_sentence(content: bytes, said: str) -> None:
    with pytest.raises(files.Unfit, match=said):
        files.clean("a.pdf", content)


def test_the_hash_is_that_of_what_is_kept() -> None:
    one, two = files.clean("a.png", papers.picture("PNG")), files.clean("b.png", papers.picture("PNG"))
    assert one.sha256 == two.sha256
    assert one.sha256 != files.clean("c.jpg", papers.picture()).sha256


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_watermark_is_all_over_a_picture(kind: str) -> None:
    kept = files.clean("a", papers.picture(kind, size=(600, 400)))
    shown = opened(watermark.marked(kept.content, kept.media_type, WORDS, PLAIN))
    difference = ImageChops.difference(opened(kept.content).convert("RGB"), shown.convert("RGB"))
    for corner in ((0, 0, 300, 200), (300, 0, 600, 200), (0, 200, 300, 400), (300, 200, 600, 400)):
        assert difference.crop(corner).convert("L").point(lambda v: 255 if v > 20 else 0).getbbox()


def test_the_watermark_is_on_every_page_and_the_pages_stay() -> None:
    kept = files.clean("a.pdf", papers.pdf(pages=2)).content
    shown = PdfReader(BytesIO(watermark.marked(kept, files.PDF, WORDS, PLAIN)))
    assert len(shown.pages) == 2
    for before, after in zip(PdfReader(BytesIO(kept)).pages, shown.pages, strict=True):
        drawn = after.get_contents()
        assert drawn is not None
        assert b"/BanchengMark Do" in drawn.get_data()
        assert set(before["/Resources"]["/XObject"]) < set(after["/Resources"]["/XObject"])  # type: ignore[index]


def test_without_a_chinese_font_the_words_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    veil = watermark.veil

    def noted(size: tuple[int, int], text: str) -> Any:
        drawn.append(text)
        return veil(size, text)

    monkeypatch.setattr(watermark, "chinese_font", lambda: "")
    monkeypatch.setattr(watermark, "veil", noted)
    watermark.marked(papers.picture(), files.JPEG, WORDS, PLAIN)
    assert drawn == [PLAIN]


def test_the_limit_is_told_in_megabytes() -> None:
    assert settings.UPLOAD_MAX_BYTES == 10 * 1024 * 1024
    assert files.too_large() == "文件超过10MB，请压缩或分开上传。"
