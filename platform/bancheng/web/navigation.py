"""The left navigation as data, and the door by which the apps above say how much waits behind an entry."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet, Value
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
        Entry(
            "figures",
            "统计",
            "chart-bar",
            known("figures.view"),
            also=("figures_cells", "zero_reports", "index"),
        ),
        Entry(
            "problems",
            "问题与措施",
            "adjustments",
            known("problem.view"),
            count="problems",
            also=("problem", "problem_act"),
        ),
        Entry(
            "precedents",
            "先例",
            "rosette",
            known("precedent.view"),
            count="precedents",
            also=("precedent", "precedent_draft", "precedent_drafts", "precedent_draft_act", "precedent_new"),
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
        Entry("overview", "全市总览", "chart-bar", known("overview.view"), also=("overview_cells", "index")),
        Entry("bulletins", "月报", "file-text", known("bulletin.view"), also=("bulletin", "bulletin_act")),
        Entry(
            "city_problems",
            "市级问题",
            "adjustments",
            known("overview.view"),
            also=("city_problem", "city_problem_act", "city_patterns", "city_problem_take_up"),
        ),
        Entry("precedents", "先例", "rosette", known("precedent.view"), also=("precedent",)),
        Entry("zero_reports", "零报告与投诉", "clipboard-check", known("overview.view"), also=("elsewhere",)),
        Entry(
            "board",
            "转办台账",
            "arrows-exchange",
            known("board.view"),
            count="board",
            also=("board_case", "board_decide"),
        ),
        Entry("city_notices", "超期通报", "urgent", known("board.view")),
        Entry(
            "exchange",
            "机构间消息",
            "transfer",
            known("exchange.manage"),
            count="exchange",
            also=("exchange_replay",),
        ),
        Entry("centres", "中心管理", "building-community", known("centres.manage")),
        Entry(
            "outside_offices",
            "外部单位",
            "mail",
            known("catalogue.manage"),
            also=("outside_office_add", "outside_office"),
        ),
    ),
}

Rows = Callable[[HttpRequest], QuerySet[Any]]
"""What waits for the person of the request, as rows to be counted."""
_counters: dict[str, Rows] = {}


def register_count(key: str, rows: Rows) -> None:
    """From an AppConfig.ready: what waits behind the entries with `count=key` for this person.

    Counted on every page, so it needs an index. Raises ValueError on a key that no entry has, or twice.
    """
    if key not in {entry.count for entries in NAVIGATION.values() for entry in entries if entry.count}:
        raise ValueError(f"no navigation entry counts {key!r}")
    if _counters.get(key, rows) is not rows:
        raise ValueError(f"{key!r} is counted already")
    _counters[key] = rows


@dataclass(frozen=True, slots=True)
class Bell:
    """What the bell in the top bar leads to, and how much there is that nobody has read."""

    url: str
    unread: int


_bells: dict[str, Rows] = {}


def register_bell(url_name: str, rows: Rows) -> None:
    """From an AppConfig.ready: the page behind the bell, and what is unread there; it needs an index.

    Raises ValueError when there is another bell already.
    """
    if _bells.get(url_name, rows) is not rows or _bells.keys() - {url_name}:
        raise ValueError("there is a bell already")
    _bells[url_name] = rows


def waiting(request: HttpRequest, kind: str, actor: Actor) -> dict[str, int]:
    """How much waits behind each counted entry that this person sees, and behind the bell by its URL name.

    One query, however many there are.
    """
    wanted = {e.count: _counters[e.count] for e in _open_to(request, kind, actor) if e.count in _counters}
    wanted |= {name: rows for name, rows in _bells.items() if url_of(request, name)}
    return numbers({key: rows(request) for key, rows in wanted.items()})


def numbers(asked: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each has, in one query for all."""
    counts = [
        rows.order_by()
        .values(nav_key=Value(key))
        .annotate(nav_rows=Count("pk"))
        .values_list("nav_key", "nav_rows")
        for key, rows in asked.items()
    ]
    found = dict(counts[0].union(*counts[1:], all=True)) if counts else {}
    return {key: found.get(key, 0) for key in asked}


def bell(request: HttpRequest, counts: Mapping[str, int]) -> Bell | None:
    """The bell of this host with its number from `waiting`; None where its page does not exist."""
    for url_name in _bells:
        if url := url_of(request, url_name):
            return Bell(url, counts.get(url_name, 0))
    return None


def lines(request: HttpRequest, kind: str, actor: Actor, counts: Mapping[str, int]) -> Iterator[Line]:
    """The entries of this kind of schema that exist here for the actor, with the counts of `waiting`."""
    match = request.resolver_match
    here = match.view_name if match else ""
    for entry in _open_to(request, kind, actor):
        active = here == entry.url_name or here in entry.also
        url = url_of(request, entry.url_name)
        yield Line(entry.label, entry.icon, url, active, counts.get(entry.count, 0))


def _open_to(request: HttpRequest, kind: str, actor: Actor) -> Iterator[Entry]:
    for entry in NAVIGATION.get(kind, ()):
        if url_of(request, entry.url_name) and allowed(actor, entry.permission):
            yield entry


def url_of(request: HttpRequest | None, name: str, *args: object, **kwargs: object) -> str:
    """The address of a page on this host, or "" when this kind of host has no such page."""
    try:
        return reverse(
            name, urlconf=getattr(request, "urlconf", None), args=args or None, kwargs=kwargs or None
        )
    except NoReverseMatch:
        return ""
