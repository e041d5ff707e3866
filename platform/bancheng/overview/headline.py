"""The first figures of the page: six that tell how it went, and how things stand now."""

from dataclasses import dataclass
from typing import Final

from bancheng.overview.index import months, zero
from bancheng.overview.indicators import Figures, Shown, some_of

HEADLINE: Final = ("accepted", "closing", "on_time", "response", "solved", "satisfied")
"""The six on top, by the codes of their indicators."""

_BESIDE: Final = ("consultations", "contact_median", "trips_before", "trips_after", "coverage")


@dataclass(frozen=True)
class Tile:
    """A figure in words: what it is, its value, what it was made of, where more of it stands."""

    name: str
    value: str
    note: str
    url: str = "#indicators"
    light: str = ""


def headline(figures: Figures) -> list[Tile]:
    """The six on top. Of the whole city they read its sums by day, whatever the number of centres."""
    return [
        Tile(each.name, _value(each), each.of or _registered(figures)) for each in some_of(figures, HEADLINE)
    ]


def standing(figures: Figures) -> list[Tile]:
    """What waits now, where the scope can tell it, and the figures that belong on the first screen."""
    consultations, contact, before, after, coverage = some_of(figures, _BESIDE)
    tiles = [
        Tile(contact.name, _value(contact), contact.of or contact.why),
        Tile("反映后平均跑动", _value(after), f"{after.of}；反映前 {before.value}"),
        Tile("咨询", _value(consultations), consultations.why or "不计入反映件", "#trend"),
    ]
    last = [Tile(coverage.name, _value(coverage), coverage.of)] if coverage.told else _referred(figures)
    return [*_waiting(figures), *tiles, *last]


def zero_reports(place: str, url: str) -> Tile:
    """Who owes a zero report: of all centres for the last month that is over, of one for twelve of them."""
    if place:
        owed = zero.owed_by(place)
        note = "、".join(f"{month:%Y-%m}" for month in owed[-3:]) or "没有应报未报的月份"
        return Tile("未报零报告", f"{len(owed)} 个月", note, url, "red" if owed else "green")
    found = zero.summary(months.last_over())
    due = len(found.filed) + len(found.owed)
    note = f"{found.month.month}月，有反映件不必报的 {found.busy} 个中心"
    return Tile("已报零报告", f"{len(found.filed)}/{due}", note, url, "red" if found.owed else "green")


def _waiting(figures: Figures) -> list[Tile]:
    gauges = figures.gauges
    if gauges is None:
        return []
    late = f"其中超期 {gauges['overdue']}/{gauges['open']}"
    return [
        Tile("在办", f"{gauges['open']:,}", late),
        _zero("无承办件", gauges["no_owner"], "件件有着落", "应为 0，请逐一落实"),
        _zero("无答复件", gauges["no_reply"], "事事有回音", "应为 0，请逐一答复"),
    ]


def _referred(figures: Figures) -> list[Tile]:
    gauges = figures.gauges
    if gauges is None:
        return []
    to_centres, by_letter = gauges["referrals_to_centres"], gauges["referrals_by_letter"]
    return [
        Tile("转办在途", f"{to_centres + by_letter:,}", f"中心间 {to_centres}，函转 {by_letter}", "#flows")
    ]


def _zero(name: str, count: int, good: str, bad: str) -> Tile:
    """A figure that must be nothing."""
    return Tile(name, str(count), bad if count else good, light="red" if count else "green")


def _value(shown: Shown) -> str:
    """A plain count without its unit: the tile's word tells it."""
    return f"{shown.number:,}" if shown.number is not None and not shown.of else shown.value


def _registered(figures: Figures) -> str:
    return f"登记 {figures.counts['registered']:,}，不予受理 {figures.counts['declined']:,}"
