"""A schematic map of the city: one tile for each division, roughly where it lies. Our own layout."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bancheng.overview.indicators import Shown, one_of
from bancheng.overview.selectors import CentreRow
from bancheng.web.words import FEW

# North is up: the plateau (坝上) in the first two rows, the city's districts in the middle.
_ROWS: Final = (
    ("", "130723", "", "130773", "130724", ""),
    ("130725", "130722", "130772", "", "", ""),
    ("", "130708", "130703", "130702", "130709", "130732"),
    ("130728", "130700", "130771", "130705", "130706", "130730"),
    ("130727", "130726", "", "", "130731", ""),
)
LAYOUT: Final[dict[str, tuple[int, int]]] = {
    code: (row, column) for row, codes in enumerate(_ROWS, 1) for column, code in enumerate(codes, 1) if code
}
"""Row and column of each code, counted from 1 at the north-west corner."""


def _indicator(code: str) -> Callable[[CentreRow], Shown]:
    return lambda row: one_of(row.figures, code)


FIGURES: Final[dict[str, tuple[str, Callable[[CentreRow], int | Shown | None]]]] = {
    "accepted": ("受理", lambda row: row.counts["accepted"]),
    "registered": ("登记", lambda row: row.counts["registered"]),
    "open": ("在办", lambda row: row.figure.open),
    "overdue": ("超期", lambda row: row.figure.overdue),
    "consultations": ("咨询", lambda row: row.consultations),
    "closing": ("办结率", _indicator("closing")),
    "on_time": ("按期办结率", _indicator("on_time")),
    "response": ("响应率", _indicator("response")),
    "satisfied": ("满意率", _indicator("satisfied")),
}
"""What the map may show, by the name that stands in the address; the first unless another is asked for."""

_BANDS: Final = ((60, "不到 60 %"), (80, "60 % 及以上"), (95, "80 % 及以上"), (101, "95 % 及以上"))
SHADES: Final = len(_BANDS)


@dataclass(frozen=True)
class Tile:
    """One division with its figure in words; `shade` from 0 (nothing to colour) to SHADES."""

    row: int
    column: int
    label: str
    value: str
    note: str
    shade: int
    url: str


@dataclass(frozen=True)
class Map:
    """The tiles from north to south, what they show, what else they could, and what the colours mean."""

    figure: str
    label: str
    choices: list[tuple[str, str]]
    rates: bool
    tiles: list[Tile]
    legend: list[tuple[int, str]]


def places(codes: Iterable[str]) -> list[str]:
    """Those of the codes that are on the map, from north to south; another city has none."""
    return sorted((code for code in codes if code in LAYOUT), key=LAYOUT.__getitem__)


def drawn(rows: Mapping[str, CentreRow], figure: object, link: Callable[[str], str]) -> Map:
    """The map of one figure (a name of FIGURES; another name is the first) for the rows that are on it."""
    name = figure if isinstance(figure, str) and figure in FIGURES else next(iter(FIGURES))
    label, read = FIGURES[name]
    read_out = {code: read(rows[code]) for code in places(rows)}
    most = max((value for value in read_out.values() if isinstance(value, int)), default=0)
    tiles = [_tile(rows[code], value, max(most, FEW), link(code)) for code, value in read_out.items()]
    rates = any(isinstance(value, Shown) for value in read_out.values())
    return Map(
        name, label, [(key, word) for key, (word, _) in FIGURES.items()], rates, tiles, _legend(rates, most)
    )


def _tile(row: CentreRow, value: int | Shown | None, most: int, url: str) -> Tile:
    place, label = LAYOUT[row.code], row.label
    if value is None:
        return Tile(*place, label, "—", "", 0, url)
    if isinstance(value, int):
        return Tile(*place, label, f"{value:,}", "", -(-value * SHADES // most), url)
    return Tile(*place, label, value.value, value.of, _band(value), url)


def _band(shown: Shown) -> int:
    """Where a rate lies; 0 where none is told."""
    if shown.number is None:
        return 0
    return next(band for band, (top, _) in enumerate(_BANDS, 1) if shown.number < top)


def _legend(rates: bool, most: int) -> list[tuple[int, str]]:
    if rates:
        return [(0, f"分母不足 {FEW}，不显示比率"), *((n, word) for n, (_, word) in enumerate(_BANDS, 1))]
    top = max(most, FEW)
    edges = [top * n // SHADES for n in range(SHADES + 1)]
    return [(0, "0"), *((n, f"{edges[n - 1] + 1} 至 {edges[n]}") for n in range(1, SHADES + 1))]
