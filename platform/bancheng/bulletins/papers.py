"""A bulletin on paper and as a file: one document, set by typst as PDF and written into a spreadsheet."""

from pathlib import Path
from typing import Any, Final

from bancheng.bulletins.models import BulletinState
from bancheng.bulletins.selectors import Line
from bancheng.web import pdf
from bancheng.web.words import letter_date

TYPST: Final = Path(__file__).parent / "templates" / "bulletins" / "papers" / "bulletin.typ"


def paper(line: Line) -> dict[str, Any]:
    """What is printed around the document, and the document itself."""
    row, document = line.row, line.row.document
    issued = row.state == BulletinState.ISSUED
    return {
        "office": document["office"],
        "title": document["title"],
        "period": document["period"],
        "as_of": document["as_of"].replace("T", " ")[:16],
        "number": row.number or "（印发后编号）",
        "date": letter_date(row.issued_at) if row.issued_at else "",
        "edition": line.edition,
        "draft": not issued,
        "comment": row.comment,
        "people": [
            f"{word}：{person.name}"
            for word, person in (("编制", row.asked_by), ("审核", row.reviewed_by), ("印发", row.issued_by))
            if person
        ],
        "sections": document["sections"],
    }


def as_pdf(line: Line) -> bytes:
    """The bulletin as PDF; one that is not issued says so across every page."""
    return pdf.made(TYPST, paper(line))


def file_name(line: Line) -> str:
    """What a saved file is called: by month, and edition as long as it is not issued."""
    settled = line.row.state == BulletinState.ISSUED
    return f"办不成事反映窗口月报{line.row.month:%Y-%m}" + ("" if settled else f"（{line.edition}，未印发）")
