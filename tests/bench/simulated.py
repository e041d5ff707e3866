"""Centres as the city sees them: a year of figures in public for each, without a schema behind."""

from datetime import date, timedelta

from tests.bench import bulk

DAYS = 365
FIRST = 900_000
"""Codes from here on are no division's."""


def fill(centres: int) -> None:
    """Centres up to so many, each with a year of facts, spans and consultations; the city's sums are made.

    A day of a centre has two facts, a handled and a resolved matter, and three consultations in one row.
    """
    from bancheng.centres.models import Centre
    from bancheng.overview.rollup import roll_up_everything

    there = Centre.objects.filter(code__gte=str(FIRST), kind="centre").count()
    if there < centres:
        _register(there, centres)
        _count(there, centres)
    roll_up_everything()
    bulk.analyze()


def until() -> date:
    """The last day that is filled."""
    from bancheng.timekeeping import clock

    return clock.today()


def since() -> date:
    """The first one."""
    return until() - timedelta(days=DAYS - 1)


def _register(first: int, last: int) -> None:
    number = f"({FIRST} + n)::text"
    bulk.insert(
        "centres_centre",
        f"generate_series({first}, {last - 1}) AS n",
        code=number,
        schema_name=f"'c' || {number}",
        kind="'centre'",
        division_kind="'county'",
        slug=f"'s' || {number}",
        name=f"'模拟中心' || {number}",
        short_name=f"'模拟' || {number}",
        abbreviation="'模'",
        position="2000 + n",
    )
    gauges = {"open": "20 + n % 7", "overdue": "n % 3", "no_owner": "0", "no_reply": "0"}
    bulk.insert(
        "overview_centrefigure",
        f"generate_series({first}, {last - 1}) AS n",
        centre=number,
        summarised_at="now()",
        **gauges,
    )


def _count(first: int, last: int) -> None:
    days = (
        f"generate_series({first}, {last - 1}) AS n,"
        f" generate_series('{since()}'::date, '{until()}'::date, '1 day') AS d"
    )
    place = {"centre": f"({FIRST} + n)::text", "day": "d::date"}
    item = "'YL' || lpad((1 + (n + extract(doy FROM d)::int) % 20)::text, 2, '0')"
    alike = place | {"item": item, "kind": "'hard'", "mode": "'routine'", "reporter": "'person'"}
    alike |= {"cause": "'C' || lpad((1 + (n * 7 + extract(doy FROM d)::int) % 21)::text, 2, '0')"}
    taken = {
        "registered": "2",
        "accepted": "1 + n % 2",
        "accepted_closed": "1",
        "contacted_next_day": "1",
    }
    ended = {
        "resolved": "1",
        "resolved_on_time": "((n + extract(doy FROM d)::int) % 10 > 0)::int",
        "done": "1",
        "called_back": "1",
        "solved": "1",
        "rated": "1",
        "satisfied": "1",
        "closed": "1",
    }
    bulk.insert("overview_fact", days, **alike, **taken, level="2")
    bulk.insert("overview_fact", days, **alike, **ended, level="3", outcome="'done'")
    spread = "(n * 31 + extract(doy FROM d)::int * 17)"
    for what, value in (("handling", f"1 + {spread} % 20"), ("contact", f"{spread} % 540")):
        bulk.insert("overview_span", days, **place, item=item, what=f"'{what}'", value=value, count="1")
    bulk.insert("overview_consultationfact", days, **place, item=item, channel="'counter'", count="3")
