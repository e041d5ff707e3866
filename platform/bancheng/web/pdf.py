"""Official papers as PDF: typst sets them, with a Chinese serif font embedded, of which only what is used."""

import json
from collections.abc import Mapping
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from bancheng.timekeeping import clock

MEDIA_TYPE = "application/pdf"


def made(source: Path, paper: Mapping[str, Any]) -> bytes:
    """The PDF that the typst file makes of `paper`, which it reads as JSON from its input of that name.

    What people wrote stays text, whatever is in it: the data is never read as typst. It is not logged either,
    so an error of the file's is raised without its words.
    """
    try:
        return typst.compile(
            source,
            font_paths=[_fonts()],
            ignore_system_fonts=True,  # the same paper on every machine
            sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)},
            timestamp=clock.now().astimezone(UTC).replace(microsecond=0),
        )
    except typst.TypstError:
        raise RuntimeError(f"typst could not set {source.name}") from None


def answer(content: bytes, name: str, *, saved: bool) -> HttpResponse:
    """The answer with a PDF in it: `saved` under this name, else shown; never kept by a cache on the way."""
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(saved, f"{name}.pdf") or "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _fonts() -> Path:
    return Path(pylopdf_fonts_zh_cn.serif_path()).parent
