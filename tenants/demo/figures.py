"""What the overview shows of the whole city, in the few figures that a story should move."""

from collections.abc import Iterator
from datetime import timedelta

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.overview import rollup, selectors
from bancheng.overview.models import CentreFigure
from bancheng.overview.scope import Scope
from bancheng.timekeeping import clock
from tenants.workbook import summary

SHOWN = {"registered": "登记", "accepted": "受理", "closed": "销号", "done": "已办成", "referred_out": "转出"}
PERIOD = timedelta(days=364)


def of_the_city() -> dict[str, int]:
    """The overview's totals of the last year, by their words, and what is open now."""
    today = clock.today()
    scope = Scope(today - PERIOD, today)
    total = selectors.total(scope, selectors.centres(scope))
    counted = {word: total.counts[name] for name, word in SHOWN.items()}
    return counted | {"咨询": total.consultations or 0, "在办": total.figure.open}


def compared(before: dict[str, int], after: dict[str, int]) -> Iterator[str]:
    """One line for each figure: before → after."""
    for word, count in after.items():
        moved = count - before[word]
        yield f"{word} {before[word]} → {count}" + (f"（{moved:+}）" if moved else "")


def refresh(code: str) -> None:
    """Count the centre's new days now, and the city's; the worker would do it within a minute."""
    _summarise(code)
    rollup.roll_up()


def refresh_missing() -> int:
    """Count the centres that were never counted; returns how many."""
    counted = CentreFigure.objects.exclude(summarised_at=None).values_list("centre", flat=True)
    centres = Centre.objects.filter(kind=Kind.CENTRE, suspended_at=None).exclude(code__in=list(counted))
    codes = list(centres.values_list("code", flat=True))
    for code in codes:
        _summarise(code)
    rollup.roll_up()
    return len(codes)


def _summarise(code: str) -> None:
    with in_centre(code):
        summary.summarise(code)
