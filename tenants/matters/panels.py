"""The parts of a matter's page that belong to other apps: signatures, referrals, replies.

Those apps stand above this one, so they hand their parts in: a template, the rows it shows, and links to
pages of their own beside the next acts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bancheng.identity.actors import Actor
from tenants.matters.models import Matter


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
class Panel:
    """One tab. `rows` is asked once a page; where it is empty there is no tab.

    `acts` names the transitions whose form should show the part, since one cannot decide without it;
    `obstacle` says why this person cannot do them, where that depends on the part.
    """

    key: str
    title: str
    template: str
    rows: Callable[[Matter], Sequence[Any]]
    links: Callable[[Matter, Actor], Sequence[Link]] = _no_links
    acts: frozenset[str] = frozenset()
    obstacle: Callable[[Matter, Actor], str | None] = _no_obstacle


@dataclass(frozen=True)
class Tab:
    """A panel that has something to show of one matter."""

    panel: Panel
    rows: Sequence[Any]


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """From an AppConfig.ready; a second registration under the same key takes the place of the first."""
    _panels[panel.key] = panel


def tabs(matter: Matter) -> list[Tab]:
    """What there is to show of this matter, in the order of registration."""
    found = (Tab(panel, panel.rows(matter)) for panel in _panels.values())
    return [tab for tab in found if tab.rows]


def tabs_for_act(matter: Matter, name: str) -> list[Tab]:
    """What somebody needs to see before doing the act."""
    found = (Tab(panel, panel.rows(matter)) for panel in _panels.values() if name in panel.acts)
    return [tab for tab in found if tab.rows]


def obstacle(matter: Matter, actor: Actor, name: str) -> str | None:
    """Why this person cannot do the act, as far as another app knows."""
    reasons = (panel.obstacle(matter, actor) for panel in _panels.values() if name in panel.acts)
    return next((reason for reason in reasons if reason), None)


def links(matter: Matter, actor: Actor) -> list[Link]:
    """Where else this person may go on from here."""
    return [link for panel in _panels.values() for link in panel.links(matter, actor)]
