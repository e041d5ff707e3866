"""A bulletin as a spreadsheet (xlsx): its words on the first sheet, then the tables, a sheet a section."""

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from bancheng.bulletins.papers import paper
from bancheng.bulletins.selectors import Line

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHARE: Final = re.compile(r"(-?\d+(?:\.\d+)?) %")
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
WIDEST, NARROWEST = 60, 8


def written(line: Line) -> bytes:
    """The file. Counts are numbers, a share alone in its cell is a number in percent, all else is text.

    Text stays text, whatever it begins with: nothing becomes a formula or a link.
    """
    said, content = paper(line), io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": f"{said['title']} {said['period']}", "author": said["office"]})
        formats = {name: book.add_format(look) for name, look in _LOOKS.items()}
        _words(book, formats, said)
        for section in said["sections"]:
            if tables := [block for block in section["blocks"] if block["type"] == "table"]:
                _tables(book, formats, section["title"], tables)
    return content.getvalue()


def answer(content: bytes, name: str) -> HttpResponse:
    """The answer with the file in it, to be saved under this name; never kept by a cache on the way."""
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12},
    "words": {"text_wrap": True, "valign": "top"},
    "head": {"bold": True, "bg_color": "#E8ECF0", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "text": {"border": 1, "text_wrap": True, "valign": "top"},
    "right": {"border": 1, "align": "right", "valign": "top"},
    "number": {"border": 1, "num_format": "#,##0", "valign": "top"},
    "decimal": {"border": 1, "num_format": "#,##0.0", "valign": "top"},
    "share": {"border": 1, "num_format": "0.00%", "valign": "top"},
    "note": {"font_color": "#55616E", "text_wrap": False},
}


def _words(book: Any, formats: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet("正文")
    sheet.set_column(0, 0, 100)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    lines = [
        (said["office"], "words"),
        (f"{said['title']}（{said['period']}）", "title"),
        (f"{said['number']}　{said['date']}" if not said["draft"] else f"{said['edition']}，未印发", "words"),
        (f"数据截至{said['as_of']}", "words"),
    ]
    if said["comment"]:
        lines += [("编者按", "heading"), (said["comment"], "words")]
    for section in said["sections"]:
        lines.append((section["title"], "heading"))
        lines += [(block["text"], "words") for block in section["blocks"] if block["type"] == "text"]
    for row, (text, look) in enumerate([*lines, ("　".join(said["people"]), "words")]):
        sheet.write_string(row, 0, text, formats[look])


def _tables(book: Any, formats: Mapping[str, Any], title: str, tables: Sequence[Mapping[str, Any]]) -> None:
    sheet = book.add_worksheet(_FORBIDDEN.sub("", title)[:31])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    row = 0
    if len(tables) == 1:
        sheet.freeze_panes(2, 1)
    for table in tables:
        sheet.write_string(row, 0, table["title"], formats["heading"])
        for column, word in enumerate(table["head"]):
            sheet.write_string(row + 1, column, word, formats["head"])
        for place, cells in enumerate(table["rows"], start=row + 2):
            for column, cell in enumerate(cells):
                _cell(sheet, formats, place, column, cell, word=column < table["words"])
        row += 2 + len(table["rows"])
        if table["note"]:
            sheet.write_string(row, 0, table["note"], formats["note"])
            row += 1
        row += 1
    for column, width in enumerate(_widths(tables)):
        sheet.set_column(column, column, width)


def _cell(sheet: Any, formats: Mapping[str, Any], row: int, column: int, cell: Any, *, word: bool) -> None:
    if isinstance(cell, int | float):
        sheet.write_number(row, column, cell, formats["number" if isinstance(cell, int) else "decimal"])
    elif share := _SHARE.fullmatch(cell):
        sheet.write_number(row, column, float(Decimal(share[1]) / 100), formats["share"])
    else:
        sheet.write_string(row, column, cell, formats["text" if word else "right"])


def _widths(tables: Sequence[Mapping[str, Any]]) -> list[int]:
    """Of every column as wide as its longest text, a Chinese sign counted twice, within reason."""
    columns = max(len(table["head"]) for table in tables)
    longest = [NARROWEST] * columns
    for table in tables:
        for cells in (table["head"], *table["rows"]):
            for column, cell in enumerate(cells):
                text = f"{cell}"
                length = sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) + 2
                longest[column] = max(longest[column], length)
    return [min(width, WIDEST) for width in longest]
