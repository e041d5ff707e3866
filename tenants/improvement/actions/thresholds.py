"""The centre's own thresholds for proposing problems; the city cannot set them."""

from django.db import transaction

from bancheng.catalogue import selectors as catalogue
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.improvement import thresholds
from tenants.improvement.models import Threshold


@transaction.atomic
def set_threshold(
    *, actor: Actor, item: str = "", cause: str = "", count: int | None, days: int | None
) -> Threshold:
    """Propose from `count` matters in `days` days on: of an item, a cause, both, or all; from now on.

    Both None takes an exception back. Older versions stay. Raises NotAllowed, NotFound for a code that there
    is not, Invalid for what is out of bounds, Conflict where there is no exception to take back.
    """
    require(actor, "problem.open")
    if item:
        catalogue.item(item)
    if cause:
        catalogue.cause(cause)
    if count is None or days is None:
        _check_exception(item, cause)
        count = days = None
    elif wrong := _out_of_bounds(count, days):
        raise Invalid(wrong)
    row = Threshold.objects.create(
        item=item, cause=cause, count=count, days=days, set_at=clock.now(), set_by_id=actor.staff_id
    )
    audit.record(
        actor=actor, act="problem.set_threshold", subject=row, item=item, cause=cause, count=count, days=days
    )
    return row


def _check_exception(item: str, cause: str) -> None:
    if (item, cause) not in {(row.item, row.cause) for row in thresholds.exceptions()}:
        raise Conflict("没有这一条单独的阈值，可能刚刚有人取消，请刷新页面。", code="no_exception")


def _out_of_bounds(count: int, days: int) -> dict[str, list[str]]:
    t = thresholds
    wrong = {}
    if not t.COUNT_AT_LEAST <= count <= t.COUNT_AT_MOST:
        wrong["count"] = [f"件数应为{t.COUNT_AT_LEAST}至{t.COUNT_AT_MOST}件。"]
    if not t.DAYS_AT_LEAST <= days <= t.DAYS_AT_MOST:
        wrong["days"] = [f"统计天数应为{t.DAYS_AT_LEAST}至{t.DAYS_AT_MOST}天。"]
    return wrong
