"""What is read of precedents: a list of them, one, and the words for what stands in them."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from bancheng.centres.models import Centre
from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.precedents import search
from bancheng.precedents.models import Precedent, Standing
from bancheng.timekeeping import clock

PERMISSION = "precedent.view"


@dataclass(frozen=True)
class Filters:
    """What a list may be narrowed by; empty means all, `standing` alone means the current ones."""

    q: str = ""
    item: str = ""
    cause: str = ""
    centre: str = ""
    standing: str = Standing.CURRENT


def listed(actor: Actor, filters: Filters) -> QuerySet[Precedent]:
    """As `filters` narrow them; by words the best first, else the newest. Raises NotAllowed."""
    require(actor, PERMISSION)
    rows, today = Precedent.objects.defer("words", "pairs"), clock.today()
    if filters.standing == Standing.CURRENT:
        rows = rows.filter(withdrawn_on=None, expires_on__gte=today)
    elif filters.standing == Standing.EXPIRED:
        rows = rows.filter(withdrawn_on=None, expires_on__lt=today)
    elif filters.standing == Standing.WITHDRAWN:
        rows = rows.exclude(withdrawn_on=None)
    if filters.item:
        rows = rows.filter(item=filters.item)
    if filters.cause:
        rows = rows.filter(causes__contains=[filters.cause])
    if filters.centre:
        rows = rows.filter(centre=filters.centre)
    return search.matching(rows, filters.q)


def precedent(actor: Actor, precedent_id: UUID) -> Precedent:
    """One of them, whatever became of it. Raises NotAllowed, NotFound."""
    require(actor, PERMISSION)
    found = Precedent.objects.defer("words", "pairs").filter(pk=precedent_id).first()
    if found is None:
        raise NotFound("没有这个先例。")
    return found


def centre_names() -> dict[str, str]:
    """What centres are called in a list, by code."""
    return dict(Centre.objects.values_list("code", "short_name"))


@dataclass(frozen=True)
class Line:
    """A precedent with the words for its codes."""

    precedent: Precedent
    names: dict[str, str] = field(default_factory=centre_names)

    @property
    def item(self) -> str:
        return search.item_name(self.precedent.item)

    @property
    def causes(self) -> list[str]:
        return [search.cause_name(code) for code in self.precedent.causes]

    @property
    def centre(self) -> str:
        return self.names.get(self.precedent.centre, self.precedent.centre)

    @property
    def standing(self) -> Standing:
        return self.precedent.standing

    @property
    def standing_label(self) -> str:
        return str(self.standing.label)

    @property
    def tone(self) -> str:
        return _TONES[self.standing]


_TONES = {Standing.CURRENT: "green", Standing.EXPIRED: "amber", Standing.WITHDRAWN: "grey"}
