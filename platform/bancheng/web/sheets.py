"""Tables as a spreadsheet: numbers as numbers, text as text, A4 landscape with a head that stays."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST: Final = 60
_LONGEST_NAME: Final = 31

Value = str | int | float | Decimal | date | datetime | None


@dataclass(frozen=True)
class Percent:
    """A share in percent, to be written as a number that spreadsheets show as one: 83.23 → 83.23%."""

    number: Decimal


@dataclass(frozen=True)
class Sheet:
    """One table: its name (at most 31 characters), a title above, the head, the rows, notes below."""

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value | Percent]]
    notes: Sequence[str] = field(default_factory=tuple)


def book(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as an xlsx file, in their order.

    What begins like a formula is written as the text that it is; a moment is in Shanghai's time.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        formats = {name: workbook.add_format(given) for name, given in _FORMATS.items()}
        for sheet in sheets:
            _write(workbook, sheet, formats)
    return file.getvalue()


def download(sheets: Iterable[Sheet], filename: str) -> HttpResponse:
    """The file as an answer that browsers keep under this name."""
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    return HttpResponse(book(sheets), content_type=CONTENT_TYPE, headers={"Content-Disposition": disposition})


_FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "title": _FONT | {"bold": True, "font_size": 13},
    "head": _FONT | {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True},
    "text": _FONT | {"border": 1, "text_wrap": True},
    "int": _FONT | {"border": 1, "num_format": "#,##0"},
    "number": _FONT | {"border": 1, "num_format": "#,##0.0##"},
    "percent": _FONT | {"border": 1, "num_format": "0.00%"},
    "day": _FONT | {"border": 1, "num_format": "yyyy-mm-dd"},
    "minute": _FONT | {"border": 1, "num_format": "yyyy-mm-dd hh:mm"},
    "note": _FONT | {"font_color": "#5B6670"},
}


def _write(workbook: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page = workbook.add_worksheet(sheet.name[:_LONGEST_NAME])
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_footer("&C第 &P 页，共 &N 页")
    page.write_string(0, 0, sheet.title, formats["title"])
    for column, word in enumerate(sheet.head):
        page.write_string(1, column, word, formats["head"])
    page.freeze_panes(2, 1)
    page.repeat_rows(1)
    for number, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(row):
            _cell(page, number, column, value, formats)
    for offset, note in enumerate(sheet.notes, start=len(sheet.rows) + 3):
        page.write_string(offset, 0, note, formats["note"])
    for column, word in enumerate(sheet.head):
        widths = [_width(word), *(_width(row[column]) for row in sheet.rows if column < len(row))]
        page.set_column(column, column, min(max(widths) + 2, _WIDEST))


def _cell(page: Any, row: int, column: int, value: Value | Percent, formats: dict[str, Any]) -> None:
    if value is None:
        page.write_blank(row, column, None, formats["text"])
    elif isinstance(value, Percent):
        page.write_number(row, column, float(value.number / 100), formats["percent"])
    elif isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None)
        page.write_datetime(row, column, local, formats["minute"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, int):
        page.write_number(row, column, value, formats["int"])
    elif isinstance(value, float | Decimal):
        page.write_number(row, column, float(value), formats["number"])
    else:
        page.write_string(row, column, value, formats["text"])


def _width(value: Value | Percent) -> int:
    """How much room it takes, in digits: a Chinese sign is as wide as two."""
    if isinstance(value, datetime):
        return 16
    if not isinstance(value, str):
        return 10
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in value)
