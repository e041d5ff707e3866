"""The overview: does the number of centres, or of matters, make a difference to what is read and counted?"""

from collections.abc import Callable
from typing import Any

from django.test.utils import override_settings

from tests.bench import schemas_year, simulated
from tests.bench.bench_precedents import precedents
from tests.bench.bench_summarise import summarise
from tests.bench.timing import seconds

Figure = dict[str, Any]
SIZES = (20, 200, 1000)
TURNS = 60
SIZE_LIMIT = 1.5
SCHEMAS = 200
LOOP_LIMIT = 0.01


def run() -> list[Figure]:
    """Each on a database of its own. Needs Django set up, and a server on which databases can be made."""
    return [_alone(each) for each in (headline, looped, summarise, precedents)]


def headline() -> Figure:
    """The first screen's figures of the whole city, at each of SIZES."""
    taken, beside, whole = {}, {}, {}
    for size in SIZES:
        simulated.fill(size)
        taken[size] = seconds(_headline, TURNS)
        beside[size], whole[size] = seconds(_standing, 15), seconds(_page, 5)
    return {
        "name": f"the city's headline at {SIZES[-1]} centres against {SIZES[0]}",
        "ratio": taken[SIZES[-1]] / taken[SIZES[0]],
        "limit": SIZE_LIMIT,
        "seconds": {
            f"{what} at {size}": round(took, 4)
            for what, each in (("headline", taken), ("beside it", beside), ("whole page", whole))
            for size, took in each.items()
        },
    }


def looped() -> Figure:
    """The same figures out of the city's sums, and by asking the schema of every centre."""
    codes = schemas_year.fill(SCHEMAS)
    ours, theirs = seconds(_headline, TURNS), seconds(lambda: schemas_year.counted(codes), 3)
    one = seconds(lambda: schemas_year.accepted(codes), 3)
    told = schemas_year.from_the_sums()
    if told != schemas_year.counted(codes):
        raise RuntimeError(f"the city's sums say {told}, the schemas {schemas_year.counted(codes)}")
    return {
        "name": f"the city's headline against looping {SCHEMAS} schemas",
        "ratio": ours / theirs,
        "limit": LOOP_LIMIT,
        "seconds": {
            "headline": round(ours, 4),
            "looping": round(theirs, 2),
            "looping for one number alone": round(one, 2),
            "times faster": round(theirs / ours),
        },
    }


def _alone(measure: Callable[[], Figure]) -> Figure:
    from tests import schemas

    schemas.create_database()
    try:
        return measure()
    finally:
        schemas.drop_database()


def _scope() -> Any:
    from bancheng.overview.scope import Scope

    return Scope(simulated.since(), simulated.until())


def _headline() -> Any:
    """The six figures on top of the page, of the whole city, and how fresh they are."""
    from bancheng.overview import selectors
    from bancheng.overview.headline import headline
    from bancheng.overview.indicators import Figures

    return headline(Figures(_scope())), selectors.freshness(_scope())


def _standing() -> Any:
    """What stands under them; its median reads every value that the city's matters had on each day."""
    from bancheng.overview.headline import standing
    from bancheng.overview.indicators import Figures

    return standing(Figures(_scope()))


def _page() -> Any:
    """Everything that the page shows without filters."""
    from bancheng.overview import report

    with override_settings(ROOT_URLCONF="bancheng.urls.office"):
        return report.body(_scope(), report.OFFICE), report.centres({}, _scope(), report.OFFICE)
