"""零报告 as the city sees them: which centre had nothing in a month, and whether it said so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices

from bancheng.overview.index import months
from bancheng.overview.index.record import Record, Unit


class Stand(TextChoices):
    """How a centre stands to the zero report of a month."""

    BUSY = "busy", "有反映件"
    FILED = "filed", "已报"
    OWED = "owed", "未报"
    RUNNING = "running", "未满月"
    ABSENT = "absent", "未开设满月"


TONES = {
    Stand.BUSY: "grey",
    Stand.FILED: "green",
    Stand.OWED: "red",
    Stand.RUNNING: "blue",
    Stand.ABSENT: "grey",
}


@dataclass(frozen=True)
class Cell:
    """One centre in one month."""

    month: date
    stand: Stand
    registered: int
    consultations: int
    filed_at: datetime | None

    @property
    def label(self) -> str:
        return months.word(self.month)

    @property
    def short(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def tone(self) -> str:
        return TONES[self.stand]

    @property
    def owed(self) -> bool:
        return self.stand is Stand.OWED

    @property
    def text(self) -> str:
        """In a grid: the number of matters, or the word of the stand, as short as it can be."""
        if self.stand is Stand.BUSY:
            return f"{self.registered} 件"
        return "不计" if self.stand is Stand.ABSENT else str(self.stand.label)


@dataclass(frozen=True)
class Line:
    """A centre with its months, the oldest first."""

    unit: Unit
    cells: list[Cell]


@dataclass(frozen=True)
class Summary:
    """A month of all centres: names of those that filed, that did not, and how many need not."""

    month: date
    filed: list[str]
    owed: list[str]
    busy: int
    absent: int

    @property
    def label(self) -> str:
        return months.word(self.month)


def grid(wanted: Sequence[date], centre: str = "") -> list[Line]:
    """Every centre, or one, in the wanted months. At most four queries."""
    record = Record(wanted[0], wanted[-1], centre)
    return [Line(unit, [cell(record, unit, month) for month in wanted]) for unit in record.units]


def summary(month: date) -> Summary:
    """Who filed a zero report for this month, who did not, who need not."""
    stands = [(line.unit.label, line.cells[0].stand) for line in grid([month])]
    return Summary(
        month,
        filed=[label for label, stand in stands if stand is Stand.FILED],
        owed=[label for label, stand in stands if stand is Stand.OWED],
        busy=sum(stand is Stand.BUSY for _, stand in stands),
        absent=sum(stand in (Stand.ABSENT, Stand.RUNNING) for _, stand in stands),
    )


def owed_by(centre: str) -> list[date]:
    """The months over of the last twelve for which this centre had nothing and has filed no report."""
    lines = grid(months.until(months.last_over()), centre)
    return [cell.month for line in lines for cell in line.cells if cell.stand is Stand.OWED]


def cell(record: Record, unit: Unit, month: date) -> Cell:
    """One centre in one month, out of what was read."""
    at = (unit.code, month)
    registered, filed = record.registered.get(at, 0), record.reports.get(at)
    if registered:
        stand = Stand.BUSY
    elif filed:
        stand = Stand.FILED
    elif not unit.counts_in(month):
        stand = Stand.ABSENT
    else:
        stand = Stand.RUNNING if month > months.last_over() else Stand.OWED
    return Cell(month, stand, registered, record.consultations.get(at, 0), filed)
