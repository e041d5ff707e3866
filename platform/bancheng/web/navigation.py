"""The left navigation as data, and the door by which the apps above say how much waits behind an entry."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, known


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: shown only if its URL exists in the host's urlconf and the person holds `permission`."""

    url_name: str
    label: str
    icon: str
    permission: str
    count: str = ""
    """Key of `register_count`, "" where nothing is counted."""
    also: tuple[str, ...] = ()
    """URL names of pages below this one, for which it stays marked."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as one person sees it on one page."""

    label: str
    icon: str
    url: str
    active: bool
    count: int


NAVIGATION: Final[dict[str, tuple[Entry, ...]]] = {
    "centre": (
        Entry("workbench", "工作台", "layout-dashboard", known("matter.view"), count="workbench"),
        Entry("intake", "登记", "clipboard-plus", known("matter.register")),
        Entry(
            "referrals",
            "转办",
            "arrows-exchange",
            known("referral.view"),
            count="referrals",
            also=("referral", "referral_new", "referral_act"),
        ),
        Entry("workbook", "工作簿", "book-2", known("workbook.view"), also=("matter", "act", "search")),
        Entry(
            "consultations",
            "咨询",
            "message-2",
            known("consultation.record"),
            also=("consultation", "consultation_new", "consultation_count"),
        ),
        Entry("limits", "办理时限", "hourglass", known("limits.set")),
        Entry("reckoning_parameters", "测算参数", "settings", known("casework.set_parameters")),
        Entry(
            "after",
            "整改与复盘",
            "heart-handshake",
            known("matter.rectify"),
            also=("reply_texts", "reply_text"),
        ),
        Entry("audit", "审计", "shield-check", known("audit.view")),
    ),
    "office": (
        Entry("overview", "全市总览", "chart-bar", known("overview.view")),
        Entry("board", "转办看板", "arrows-exchange", known("board.view"), count="board"),
        Entry("city_notices", "超期通报", "urgent", known("board.view")),
        Entry("centres", "中心管理", "building-community", known("centres.manage")),
    ),
}

Counter = Callable[[HttpRequest], int]
_counters: dict[str, Counter] = {}


def register_count(key: str, counter: Counter) -> None:
    """From an AppConfig.ready: how many things wait behind the entries with `count=key` for this person.

    Called once a page, so one indexed query at most. Raises ValueError on a key that no entry has, or twice.
    """
    if key not in {entry.count for entries in NAVIGATION.values() for entry in entries if entry.count}:
        raise ValueError(f"no navigation entry counts {key!r}")
    if _counters.get(key, counter) is not counter:
        raise ValueError(f"{key!r} is counted already")
    _counters[key] = counter


@dataclass(frozen=True, slots=True)
class Bell:
    """What the bell in the top bar leads to, and how much there is that nobody has read."""

    url: str
    unread: int


_bells: dict[str, Counter] = {}


def register_bell(url_name: str, counter: Counter) -> None:
    """From an AppConfig.ready: the page behind the bell, and its number; one indexed query at most.

    Raises ValueError when there is another bell already.
    """
    if _bells.get(url_name, counter) is not counter or _bells.keys() - {url_name}:
        raise ValueError("there is a bell already")
    _bells[url_name] = counter


def bell(request: HttpRequest) -> Bell | None:
    """The bell of this host; None where its page does not exist."""
    for url_name, counter in _bells.items():
        if url := url_of(request, url_name):
            return Bell(url, counter(request))
    return None


def lines(request: HttpRequest, kind: str, actor: Actor) -> Iterator[Line]:
    """The entries of this kind of schema that exist here and are open to the actor, with their counts."""
    match = request.resolver_match
    here = match.view_name if match else ""
    for entry in NAVIGATION.get(kind, ()):
        url = url_of(request, entry.url_name)
        if url and allowed(actor, entry.permission):
            counter = _counters.get(entry.count)
            active = here == entry.url_name or here in entry.also
            yield Line(entry.label, entry.icon, url, active, counter(request) if counter else 0)


def url_of(request: HttpRequest | None, name: str, *args: object, **kwargs: object) -> str:
    """The address of a page on this host, or "" when this kind of host has no such page."""
    try:
        return reverse(
            name, urlconf=getattr(request, "urlconf", None), args=args or None, kwargs=kwargs or None
        )
    except NoReverseMatch:
        return ""
