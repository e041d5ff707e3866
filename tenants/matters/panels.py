"""The tabs of a matter's page, and the parts that other apps hand in to them.

Those apps stand above this one, so they register: a template, the rows it shows, what is counted, and links
to pages of their own beside the next acts. The acts of a tab are those of the workflow that name it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bancheng.identity.actors import Actor
from tenants.matters.models import Matter

TABS: Mapping[str, str] = {
    "materials": "材料",
    "evidence": "授权与佐证",
    "guidance": "帮办",
    "coordination": "协同",
    "referrals": "转办",
    "replies": "答复与回访",
    "precedents": "先例",
}
"""By the key that stands in the address, in the order in which they are shown."""

EMPTY: Mapping[str, str] = {
    "materials": "还没有材料记录。核对材料后，这里列出所需、已收、容缺和补正情况。",
    "evidence": "还没有授权和佐证。先记录本人或监护人的同意，再上传佐证。",
    "guidance": "还没有帮办记录。对接单位、讲明政策、退休测算、走访慰问都记在这里。",
    "coordination": "还没有协同记录。协办、会商、前置条件、督办、批示和签批都记在这里。",
    "referrals": "没有转办。办理中的反映件需要其他单位办理的，可以转办。",
    "replies": "还没有答复。办结上报后答复反映人，之后的回访、评价、整改也记在这里。",
    "precedents": "没有查到先例。",
}
"""What a tab says while nothing stands under it."""


@dataclass(frozen=True)
class Link:
    """A way on to a page of another app."""

    label: str
    url: str
    icon: str


def _no_links(matter: Matter, actor: Actor) -> Sequence[Link]:
    return ()


def _no_obstacle(matter: Matter, actor: Actor) -> str | None:
    return None


@dataclass(frozen=True)
class Part:
    """One table or list under a tab. `rows` is asked only when the tab is opened, or for a form of `acts`.

    `counted` is the model whose rows of the matter the tab's badge adds up, through its field `matter`.
    `acts` names the transitions whose form should show the part, since one cannot decide without it;
    `obstacle` says why this person cannot do them, where that depends on the part; `hindered` says the same
    of one act each, such as one that has nothing to be done to.
    """

    key: str
    tab: str
    title: str
    template: str
    rows: Callable[[Matter], Sequence[Any]]
    counted: type[Model] | None = None
    links: Callable[[Matter, Actor], Sequence[Link]] = _no_links
    acts: frozenset[str] = frozenset()
    obstacle: Callable[[Matter, Actor], str | None] = _no_obstacle
    hindered: Mapping[str, Callable[[Matter, Actor], str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A part with what it has to show of one matter."""

    part: Part
    rows: Sequence[Any]


_parts: dict[str, Part] = {}
_ways: dict[str, Callable[[Matter, Actor], Sequence[Link]]] = {}


def register(part: Part) -> None:
    """From an AppConfig.ready; a second registration under the same key takes the place of the first."""
    if part.tab not in TABS:
        raise ValueError(f"there is no tab {part.tab!r}")
    _parts[part.key] = part


def register_way(key: str, links: Callable[[Matter, Actor], Sequence[Link]]) -> None:
    """From an AppConfig.ready: links beside the next acts, of an app that has no part of the page."""
    _ways[key] = links


def parts(matter: Matter, tab: str) -> list[Shown]:
    """What stands under a tab, in the order of registration; parts without rows are left out."""
    found = (Shown(part, part.rows(matter)) for part in _parts.values() if part.tab == tab)
    return [shown for shown in found if shown.rows]


def counts(matter: Matter) -> dict[str, int]:
    """How much stands under each tab: one query, however many parts there are."""
    counted = {part.key: _count(part.counted) for part in _parts.values() if part.counted is not None}
    found = Matter.objects.filter(pk=matter.pk).values_list(*counted.values()).get() if counted else ()
    sums = dict.fromkeys(TABS, 0)
    for key, number in zip(counted, found, strict=True):
        sums[_parts[key].tab] += number
    return sums


def parts_for_act(matter: Matter, name: str) -> list[Shown]:
    """What somebody needs to see before doing the act."""
    found = (Shown(part, part.rows(matter)) for part in _parts.values() if name in part.acts)
    return [shown for shown in found if shown.rows]


def obstacles(matter: Matter, actor: Actor, names: Collection[str]) -> dict[str, str]:
    """Why this person cannot do some of the acts, as far as other apps know; each part is asked once."""
    found: dict[str, str] = {}
    for part in _parts.values():
        asked = part.acts.intersection(names) - found.keys()
        if asked and part.obstacle is not _no_obstacle and (reason := part.obstacle(matter, actor)):
            found |= dict.fromkeys(asked, reason)
        for name in part.hindered.keys() & names - found.keys():
            if reason := part.hindered[name](matter, actor):
                found[name] = reason
    return found


def links(matter: Matter, actor: Actor) -> list[Link]:
    """Where else this person may go on from here."""
    ways = [*(part.links for part in _parts.values()), *_ways.values()]
    return [link for way in ways for link in way(matter, actor)]


def _count(model: type[Model]) -> Coalesce:
    rows: QuerySet[Any] = model._default_manager.filter(matter=OuterRef("pk")).order_by()
    number = rows.values("matter").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)
