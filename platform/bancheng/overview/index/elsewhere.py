"""Complaints about a centre's business that came in elsewhere (12345, 信访…), a number for each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from bancheng.centres.models import Centre
from bancheng.centres.models import Kind as CentreKind
from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.overview.index import months
from bancheng.overview.index.record import Record, Unit
from bancheng.overview.models import ElsewhereCount
from bancheng.privacy import audit
from bancheng.timekeeping import clock

PERMISSION = "complaints.record"
MOST = 9_999
"""More complaints about one centre in one month than this is a slip of the finger."""


@dataclass(frozen=True)
class Line:
    """A centre with its numbers by month, the oldest first; None where nobody recorded one."""

    unit: Unit
    counts: list[int | None]

    @property
    def newest(self) -> int | None:
        return self.counts[-1]

    @property
    def earlier(self) -> list[int | None]:
        return self.counts[:-1]


def grid(wanted: Sequence[date], centre: str = "") -> list[Line]:
    """Every centre, or one, in the wanted months. Two queries."""
    record = Record(wanted[0], wanted[-1], centre)
    return [
        Line(unit, [record.elsewhere.get((unit.code, month)) for month in wanted]) for unit in record.units
    ]


@transaction.atomic
def record_counts(*, actor: Actor, month: date, counts: dict[str, int | None]) -> int:
    """Note how many complaints came in elsewhere in a month, by centre; how many numbers were changed.

    None takes a number back that was noted by mistake. Raises NotAllowed; Invalid for a month that is not
    over, a centre that there is not, a number below 0 or over MOST.
    """
    require(actor, PERMISSION)
    if month != months.first_of(month) or month > months.last_over():
        raise Invalid({"month": ["只能登记已经结束的月份。"]})
    known = set(Centre.objects.filter(kind=CentreKind.CENTRE).values_list("code", flat=True))
    if wrong := {code: ["没有这个中心。"] for code in counts if code not in known}:
        raise Invalid(wrong)
    if wrong := {
        code: [f"请填写0至{MOST}的整数。"]
        for code, count in counts.items()
        if count is not None and not 0 <= count <= MOST
    }:
        raise Invalid(wrong)
    # One writer a month: whoever comes second compares with what the first has written.
    rows = ElsewhereCount.objects.select_for_update().filter(month=month, centre__in=counts)
    noted = dict(rows.order_by("centre").values_list("centre", "count"))
    changed = {code: count for code, count in counts.items() if noted.get(code) != count}
    ElsewhereCount.objects.filter(
        month=month, centre__in=[code for code, count in changed.items() if count is None]
    ).delete()
    ElsewhereCount.objects.bulk_create(
        [
            ElsewhereCount(centre=code, month=month, count=count, recorded_at=clock.now())
            for code, count in changed.items()
            if count is not None
        ],
        update_conflicts=True,
        unique_fields=["centre", "month"],
        update_fields=["count", "recorded_at"],
    )
    if changed:
        audit.record(
            actor=actor, act="elsewhere.record", subject=("elsewhere", f"{month:%Y-%m}"), counts=changed
        )
    return len(changed)
