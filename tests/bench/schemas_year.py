"""Many centres with schemas of their own and a year of matters, and what the city would have to ask them."""

from collections import Counter
from datetime import timedelta

from tests.bench import bulk, many_matters, simulated

MATTERS = 100
_FIRST = 800_000


def fill(schemas: int) -> list[str]:
    """The codes of that many new centres, each with MATTERS, all counted into facts and the city's sums."""
    from bancheng.centres import onboarding
    from bancheng.centres.scope import in_centre
    from bancheng.overview.rollup import roll_up_everything
    from tenants.workbook import summary

    codes = [str(_FIRST + number) for number in range(schemas)]
    for code in codes:
        onboarding.add_centre(code=code, slug=f"s{code}", name=f"测试中心{code}", short_name=f"测试{code}")
        with in_centre(code):
            # Whatever happens to the last matters, it happens in the year.
            last = simulated.until() - timedelta(days=many_matters.DAYS)
            many_matters.fill(MATTERS, simulated.since(), last, tag=f"年{code}")
            summary.rebuild(code)
    roll_up_everything()
    bulk.analyze()
    return codes


def counted(codes: list[str]) -> dict[str, int]:
    """Every counter of the year, by counting in the schema of each centre as its own facts are counted."""
    from bancheng.centres.scope import in_centre
    from bancheng.timekeeping.calendar import current
    from tenants.workbook import counting

    days = [simulated.since() + timedelta(days=number) for number in range(simulated.DAYS)]
    found: Counter[str] = Counter()
    for code in codes:
        with in_centre(code):
            for counters in counting.count(days, current()).facts.values():
                found.update(counters)
    return dict(found)


def accepted(codes: list[str]) -> int:
    """One number alone, by one query to each."""
    from bancheng.centres.scope import in_centre
    from bancheng.timekeeping import clock
    from tenants.matters.models import Event

    year = {"at__gte": clock.start_of(simulated.since()), "at__lt": clock.end_of(simulated.until())}
    found = 0
    for code in codes:
        with in_centre(code):
            found += Event.objects.filter(act="accept", **year).count()
    return found


def from_the_sums() -> dict[str, int]:
    """The same as `counted` out of the city's sums, without those that are 0."""
    from bancheng.overview.indicators import Figures
    from bancheng.overview.scope import Scope

    counts = Figures(Scope(simulated.since(), simulated.until())).counts
    return {name: count for name, count in counts.items() if count}
