"""The digest of the morning (今日摘要): for each person, how many matters stand in each of the own lists."""

from typing import Any

from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from tenants.notices.actions import keep_digest
from tenants.workbook.workbench import views_of


def digest() -> int:
    """Write today's digest of everybody who works in the centre that is served; how many were new.

    May be repeated and killed: a person has one digest a day, made from what stood when it was written.
    """
    people = Staff.objects.filter(is_active=True).order_by("pk")
    return sum(keep_digest(recipient_id=each.pk, counts=counts(each.actor)) for each in people)


def counts(actor: Actor) -> list[dict[str, Any]]:
    """The person's lists with something in them, in the order of the workbench; a query for each list."""
    found = ((view, view.matters(actor).count()) for view in views_of(actor))
    return [{"key": view.key, "title": view.title, "count": number} for view, number in found if number]
