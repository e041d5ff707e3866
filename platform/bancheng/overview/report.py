"""The page of figures put together: for all centres at the office, for the served one alone at its host."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse

from bancheng.overview import (
    cells,
    charts,
    flows,
    index,
    marks,
    patterns,
    problems,
    selectors,
    tilemap,
    trend,
)
from bancheng.overview.headline import Tile, headline, standing, zero_reports
from bancheng.overview.indicators import GROUPS, Figures, Shown, all_of
from bancheng.overview.models import COUNTERS
from bancheng.overview.scope import Scope
from bancheng.overview.scope_forms import CellsForm, ScopeForm, months_back
from bancheng.overview.selectors import counter_word
from bancheng.timekeeping import clock
from bancheng.web import words
from bancheng.web.words import FEW

TOP = 10
HEAT_ITEMS, HEAT_CAUSES = 10, 8
LINES = 40
CENTRES = 30
HANDS_ITEMS = 6

COUNTER_WORDS: Final = [(counter_word(name), meaning) for name, meaning in COUNTERS.items()]


@dataclass(frozen=True)
class Host:
    """Where figures are shown: the names of the pages there, and the one centre that they are of, or ""."""

    page: str
    cells: str
    centre: str = ""

    def link(self, scope: Scope) -> str:
        """The page narrowed to the scope."""
        return f"{reverse(self.page)}?{scope.query}"

    def drill(self, scope: Scope, **asked: str) -> str:
        """The drill-down of the scope; `asked` are fields of CellsForm."""
        return f"{reverse(self.cells)}?{scope.query}" + (f"&{urlencode(asked)}" if asked else "")


OFFICE: Final = Host("overview", "overview_cells")
"""The municipal office: all centres."""


def asked(query: Mapping[str, Any], host: Host) -> tuple[ScopeForm, Scope]:
    """The filled form of the address, and the scope that it gives at this host."""
    form = ScopeForm(query, centre=host.centre)
    return form, form.scope()


def heading(form: ScopeForm, scope: Scope, host: Host, address: Callable[..., str]) -> dict[str, Any]:
    """What every page of figures says on top: where, when, narrowed by what, and how fresh it is.

    `address(scope)` is the page on which one is, narrowed to another scope.
    """
    return {
        "form": form,
        "scope": scope,
        "host": host,
        "place": selectors.place(scope),
        "narrowings": [(each, address(scope.having(each.name, ""))) for each in form.narrowings()],
        "periods": [
            (
                word,
                address(replace(scope, since=since, until=until)),
                (since, until) == (scope.since, scope.until),
            )
            for word, since, until in _periods()
        ],
        "fresh": selectors.freshness(scope),
        "now": clock.now(),
    }


def body(scope: Scope, host: Host) -> dict[str, Any]:
    """The parts of the page. Their number of queries does not depend on how many centres there are."""
    found = patterns.patterns(scope)
    causes = {row.code: row.counts["accepted"] for row in found.causes}
    figures = Figures(scope, causes=causes, crossing=found.crossing)
    marked = marks.marked(scope)
    referred = flows.flows(scope)
    top = found.items[:TOP]
    spent = [each for each in map(patterns.hands, (found.all, *found.resolved)) if each.days]
    spent = spent[: HANDS_ITEMS + 1]
    return {
        "headline": headline(figures),
        "standing": [*standing(figures), *_honest(scope)],
        "index": index.latest(scope.centre) if scope.narrowed.keys() <= {"centre"} else None,
        "city_notices": (figures.gauges or {}).get("city_notices", 0),
        "groups": _grouped(all_of(figures)),
        "trend": charts.trend(trend.months(scope), marked),
        "marked": marked,
        "kinds": _ranking(found.kinds, "类别", host),
        "items": _ranking(top, "事项", host),
        "causes": _ranking(found.causes, "主因", host),
        "heat": charts.heat(found, items=HEAT_ITEMS, reasons=HEAT_CAUSES, link=host.drill),
        "hands": (*charts.hands(spent), charts.height(spent) + 24) if spent else None,
        "flows": (*charts.flows(referred), charts.flows_height(referred)) if referred else None,
        "flows_hidden": referred is None,
        "problems": problems.problems(scope),
        "counters": COUNTER_WORDS,
        "drill": host.drill(scope),
    }


def drilled(query: Mapping[str, Any], scope: Scope, host: Host) -> dict[str, Any]:
    """The table of counts by two dimensions, a page of its lines, and where each of its numbers leads."""
    choose = CellsForm(query, centre=host.centre)
    chosen = choose.chosen()
    table = cells.cells(scope, **chosen)
    page = Paginator(table.rows, LINES).get_page(query.get("page"))
    most = max((table.cell(row, column) for row in page for column in table.columns), default=0)
    shown = [
        (
            row,
            _behind(host, row.scope, chosen),
            [_cell(host, table, row, column, max(most, FEW), chosen) for column in table.columns],
            words.rate(row.total, table.total),
        )
        for row in page
    ]
    said = {name: cells.DIMENSIONS[chosen[name]].label for name in ("rows", "columns")}
    measure = chosen["measure"]
    return {
        "choose": choose,
        "words": said,
        "title": f"{said['rows']} × {said['columns']}，{counter_word(measure)}",
        "meaning": COUNTERS[measure],
        "lines": shown,
        "columns": [(column, _behind(host, column.scope, chosen)) for column in table.columns],
        "page": page,
        "total": table.total,
        "turned": host.drill(scope, rows=chosen["columns"], columns=chosen["rows"], measure=measure),
        "back": host.link(scope),
        "kept": list(chosen.items()),
        "kept_scope": list(scope.asked.items()),
    }


def _behind(host: Host, scope: Scope | None, chosen: Mapping[str, str]) -> str:
    return host.drill(scope, **chosen) if scope else ""


def _cell(
    host: Host, table: cells.Cells, row: cells.Line, column: cells.Line, most: int, chosen: Mapping[str, str]
) -> tuple[int, int, str]:
    """A count, its shade, and the drill-down of just these matters by what is not looked at yet."""
    count = table.cell(row, column)
    scope = cells.both(row, column, chosen["rows"], chosen["columns"])
    url = _behind(host, scope, chosen) if count and scope else ""
    return count, charts.shade(count, most), url


def centres(query: Mapping[str, Any], scope: Scope, host: Host) -> dict[str, Any]:
    """The parts that set centres side by side: the table, a page of it, and the map."""
    known = selectors.registered(scope)
    search, sort = str(query.get("q", "")), str(query.get("sort", ""))
    codes = selectors.ordered(scope, known, search=search, sort=sort)
    page = Paginator(codes, CENTRES).get_page(query.get("page"))
    on_map = [] if scope.centre else tilemap.places(known)  # one tile is no map
    by_code = {row.code: row for row in selectors.centres(scope, {*page, *on_map}, known=known)}
    on_map_rows = {code: by_code[code] for code in on_map}
    return {
        "page": page,
        "rows": [by_code[code] for code in page],
        "search": search,
        "sort": sort if sort in selectors.SORTS else "",
        "map": tilemap.drawn(
            on_map_rows, query.get("map"), lambda code: host.link(replace(scope, centre=code))
        ),
    }


def _honest(scope: Scope) -> list[Tile]:
    """Whether centres that had nothing said so; not to be told of an item or a kind."""
    if scope.narrowed.keys() - {"centre"}:
        return []
    return [zero_reports(scope.centre, reverse("zero_reports"))]


def _grouped(shown: list[Shown]) -> list[tuple[str, list[Shown]]]:
    """The indicators under the headings of a report."""
    return [(label, [each for each in shown if each.group == group]) for group, label in GROUPS.items()]


def _ranking(rows: list[selectors.Row], head: str, host: Host) -> tuple[Any, ...]:
    return (*charts.ranking(rows, head, host.link), charts.height(rows))


def _periods() -> list[tuple[str, Any, Any]]:
    """Usual periods: their word, first and last day."""
    today = clock.today()
    return [
        ("本月", months_back(today, 0), today),
        ("近三个月", months_back(today, 2), today),
        ("本年", today.replace(month=1, day=1), today),
        ("近十二个月", months_back(today, 11), today),
    ]
