"""零报告: the window lead says that nothing came to the window in a month that is over."""

from datetime import date
from uuid import UUID, uuid5

from django.db import transaction

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.roles import Role
from bancheng.overview.index import months, zero
from bancheng.overview.index.record import Record
from bancheng.overview.models import ZeroReport
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.matters.models import ConsultationTally, Matter
from tenants.notices.actions import notify_of
from tenants.notices.kinds import NoticeKind

PERMISSION = "zero_report.file"
_NAMESPACE = UUID("6f4b1f0e-6b0c-5d51-9a53-0d6f6a0b7c11")


def cells(actor: Actor) -> list[zero.Cell]:
    """The last twelve months that are over, the newest first. Raises NotAllowed."""
    require(actor, "figures.view")
    lines = zero.grid(months.until(months.last_over()), current_centre().code)
    return [cell for line in lines for cell in reversed(line.cells)]


def require_filer(actor: Actor) -> None:
    """Raise NotAllowed unless the person may file."""
    require(actor, PERMISSION)


@transaction.atomic
def file_zero_report(*, actor: Actor, month: date) -> ZeroReport:
    """File the zero report of a month (报送零报告), given by its first day.

    Counted is the centre's own book, not the facts. Raises NotAllowed; Invalid for a month that is not over,
    lies more than twelve months back, or for the whole of which there was no window here; Conflict where
    matters were registered in it, or it was filed already.
    """
    require_filer(actor)
    centre = current_centre()
    if month not in months.until(months.last_over()):
        raise Invalid({"month": ["只能报送最近十二个月内已经结束的月份。"]})
    record = Record(month, month, centre.code)
    if not any(unit.counts_in(month) for unit in record.units):
        raise Invalid({"month": ["这个月窗口开设不满整月，不需要报送零报告。"]})
    since, until = clock.start_of(month), clock.end_of(months.last_day(month))
    if number := Matter.objects.filter(registered_at__gte=since, registered_at__lt=until).count():
        raise Conflict(f"{months.word(month)}登记了{number}件反映件，不需要报送零报告。", code="not_nothing")
    asked = ConsultationTally.objects.filter(day__gte=month, day__lte=months.last_day(month))
    report, new = ZeroReport.objects.get_or_create(
        centre=centre.code,
        month=month,
        defaults={"consultations": sum(row.count for row in asked), "filed_at": clock.now()},
    )
    if not new:
        raise Conflict(f"{months.word(month)}的零报告已经报送。", code="filed_already")
    audit.record(
        actor=actor,
        act="zero_report.file",
        subject=("zero_report", f"{month:%Y-%m}"),
        consultations=report.consultations,
    )
    return report


def remind() -> int:
    """Tell the window leads which zero reports are owed, each month once; how many notices were new."""
    return sum(
        notify_of(
            thing=_id_of(month),
            number=months.word(month),
            kind=NoticeKind.ZERO_REPORT_DUE,
            key=f"{month:%Y-%m}",
            roles=(Role.WINDOW_LEAD,),
        )
        for month in zero.owed_by(current_centre().code)
    )


def _id_of(month: date) -> UUID:
    """By which a notice names the report of this month in this centre."""
    return uuid5(_NAMESPACE, f"{current_centre().code} {month:%Y-%m}")
