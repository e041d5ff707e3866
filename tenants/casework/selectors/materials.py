"""What is read of a matter's materials: its checklist, how complete it is, what is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.models import ItemMaterial
from bancheng.tenancy import TenantQuerySet
from tenants.casework.models import IN_HAND, Material, MaterialRequest, MaterialStatus
from tenants.matters.models import Matter
from tenants.matters.states import OPEN

CHANGING = ("check_materials", "ask_material", "receive_material")
"""The acts that change a checklist."""


@dataclass(frozen=True)
class Completeness:
    """How many materials there are and how it stands with them; those that do not apply are left out."""

    total: int
    ready: int
    follows: int
    missing: int

    def __str__(self) -> str:
        follows = f"，容缺{self.follows}项" if self.follows else ""
        return f"{self.total}项，已备{self.ready}项{follows}，缺{self.missing}项"


def completeness(materials: Iterable[Material]) -> Completeness:
    """Of lines that were fetched already; no query."""
    statuses = [m.status for m in materials if m.status != MaterialStatus.NOT_NEEDED]
    return Completeness(
        total=len(statuses),
        ready=sum(status in IN_HAND for status in statuses),
        follows=statuses.count(MaterialStatus.FOLLOWS),
        missing=statuses.count(MaterialStatus.MISSING),
    )


def stored(matter: Matter) -> list[Material]:
    """The lines that were checked, in order; one query."""
    return list(Material.objects.filter(matter=matter).select_related("settled_by"))


def checklist(matter: Matter) -> list[Material]:
    """The lines that were checked, and those of the item that were not: unsaved, as missing. One query."""
    checked = stored(matter)
    names = {line.name for line in checked}
    after = max((line.position for line in checked), default=0)
    unchecked = [each for each in catalogue.materials(matter.item_code) if each.name not in names]
    return [*checked, *(copied(matter, each, position) for position, each in enumerate(unchecked, after + 1))]


def lines(matter: Matter) -> list[Material]:
    """What is shown: the checklist, and of a matter that ended only what was checked. One query."""
    return checklist(matter) if matter.is_open else stored(matter)


def copied(matter: Matter, listed: ItemMaterial, position: int) -> Material:
    """A line of the city's list as one of this matter, unsaved."""
    return Material(
        matter=matter,
        position=position,
        name=listed.name,
        kind=listed.kind,
        obtained_by=listed.obtained_by,
        may_follow=listed.may_follow,
        note=listed.note,
    )


def version(matter: Matter) -> int:
    """How often the checklist was changed: a form carries it, so that nobody overwrites what came since."""
    return matter.events.filter(act__in=CHANGING).count()


def requests(matter: Matter) -> list[MaterialRequest]:
    """What the reporter was asked for, newest first; one query."""
    return list(MaterialRequest.objects.filter(matter=matter).select_related("asked_by"))


def open_request(matter: Matter) -> MaterialRequest | None:
    """What the reporter is asked for now."""
    return MaterialRequest.objects.filter(matter=matter, answered_at=None).first()


def follow_overdue(today: date) -> TenantQuerySet[Material]:
    """Materials of open matters that may follow (容缺) and did not by their day, longest overdue first."""
    found: TenantQuerySet[Material] = Material.objects.filter(
        status=MaterialStatus.FOLLOWS, follow_by__lt=today, matter__state__in=OPEN
    )
    return found.select_related("matter").order_by("follow_by", "position")
