"""Reading bulletins: the list, one of them, how far it is, and what may be done with it now."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet, Subquery

from bancheng.bulletins.models import Bulletin, BulletinState
from bancheng.errors import NotFound
from bancheng.overview.index import months

PERMISSION: Final = "bulletin.view"


def bulletins(*, state: str = "", year: str = "") -> QuerySet[Bulletin]:
    """All editions, the newest month first; each row knows the `newest` edition of its month."""
    newest = (
        Bulletin.objects.filter(month=OuterRef("month"))
        .order_by()
        .values("month")
        .annotate(last=Max("edition"))
        .values("last")
    )
    found = Bulletin.objects.defer("document").select_related("asked_by", "reviewed_by", "issued_by")
    if state:
        found = found.filter(state=state)
    if year:
        found = found.filter(month__year=int(year))
    return found.annotate(newest=Subquery(newest)).order_by("-month", "-edition")


def bulletin(bulletin_id: UUID) -> Bulletin:
    """One of them. Raises NotFound."""
    found = Bulletin.objects.select_related("asked_by", "reviewed_by", "issued_by").filter(pk=bulletin_id)
    if one := found.first():
        return one
    raise NotFound("没有这份月报。")


def years() -> list[int]:
    """The years of which there are bulletins, the newest first."""
    return sorted(
        {month.year for month in Bulletin.objects.values_list("month", flat=True).distinct()}, reverse=True
    )


@dataclass(frozen=True)
class Line:
    """A bulletin as lists and pages show it."""

    row: Bulletin

    @property
    def label(self) -> str:
        return months.word(self.row.month)

    @property
    def edition(self) -> str:
        return f"第{self.row.edition}稿"

    @property
    def name(self) -> str:
        """What it is called: its number, or its month and edition."""
        return self.row.number or f"{self.label}月报{self.edition}"

    @property
    def state_label(self) -> str:
        return str(self.row.get_state_display())

    @property
    def readable(self) -> bool:
        """Whether there is something to read: a whole document."""
        return self.row.state in READABLE

    @property
    def making(self) -> bool:
        return self.row.state == BulletinState.MAKING

    @property
    def failed(self) -> bool:
        return self.row.state == BulletinState.FAILED

    @property
    def step(self) -> int:
        """The step that is being written, counted from 1."""
        return min(self.row.done + 1, self.row.steps)

    @property
    def percent(self) -> int:
        return 100 * self.row.done // self.row.steps if self.row.steps else 0

    @cached_property
    def sections(self) -> list[dict[str, Any]]:
        return list(self.row.document.get("sections", []))


READABLE: Final = frozenset({BulletinState.DRAFT, BulletinState.REVIEWED, BulletinState.ISSUED})


def readable(bulletin_id: UUID) -> Line:
    """One that is made. Raises NotFound."""
    line = Line(bulletin(bulletin_id))
    if not line.readable:
        raise NotFound("这份月报还没有生成。")
    return line
