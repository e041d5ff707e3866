"""The invented year as a whole: which centres still need it, how they are divided, and its making."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta

from django.db import connection, transaction

from bancheng.celery import muted
from bancheng.centres import onboarding
from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.clock import SHANGHAI
from tenants.demo import counting, learning, plan, reporting
from tenants.demo.accounts import open_accounts
from tenants.demo.clockwork import Clockwork
from tenants.demo.crew import Crew
from tenants.demo.lives import Beat, Beats, Life
from tenants.matters.models import Matter
from tenants.notices.actions import mark_all_read
from tenants.workbook import ladder

MATTERS = 600
"""In the whole city; what referrals make in the second centre comes on top."""

READ_AT = time(17, 0)

Say = Callable[[str], None]


def without_matters(codes: Sequence[str]) -> list[str]:
    """Those of the centres that are not there yet, or whose book is empty: only they are given a year."""
    there = _registered()
    return [code for code in codes if code not in there or _is_empty(code)]


def add_centres(codes: Sequence[str]) -> None:
    """Take those of the listed centres into service that are not yet: when the invented year began."""
    there, began = _registered(), clock.now() - timedelta(days=plan.YEAR)
    for place, row in enumerate(onboarding.listed_centres(), start=1):
        if row["code"] in codes and row["code"] not in there:
            with clock.at(began):
                onboarding.add_centre(position=place, **row)


def divide(codes: Sequence[str], parts: int) -> list[list[str]]:
    """Into groups of about the same work, in the given order; centres refer only within their group.

    The city and what visitors open first come together into the first.
    """
    groups: list[list[str]] = [[] for _ in range(parts)]
    loads = [0.0] * parts
    for code in [*(c for c in codes if c in plan.SHOWN), *(c for c in codes if c not in plan.SHOWN)]:
        lightest = 0 if code in plan.SHOWN else loads.index(min(loads))
        groups[lightest].append(code)
        loads[lightest] += plan.weight(code)
    return [group for group in groups if group]


def make(
    group: Sequence[str],
    *,
    of: Sequence[str],
    matters: int,
    until: datetime,
    hashed_password: str,
    say: Say,
) -> None:
    """Make the year of those centres in `group` that are empty, in one transaction: whole or not at all.

    Only real actions write. `matters` is the number for all centres `of` the demo; `until` is now. The same
    arguments make the same year. No hints are sent: what is posted is delivered here, by the year's clock.
    """
    calendar = current_calendar()
    plans = plan.year(of, matters=matters, until=until, calendar=calendar)
    names = dict(Centre.objects.filter(code__in=group).values_list("code", "short_name"))
    with muted(), transaction.atomic():
        _one_at_a_time(group)
        group = without_matters(group)
        ours = plan.with_units({code: plans[code] for code in group})
        clockwork = Clockwork(group, until)
        crews = {code: _open(code, hashed_password) for code in group}
        for code in group:
            for beats in _beside_the_matters(code, crews[code], until, calendar):
                clockwork.add(next(beats), beats)
            for each in ours[code]:
                life = Life(each, crews, calendar)
                clockwork.add(Beat(each.at, code), life.beats(), crosses=each.fate in plan.CROSSING)
        clockwork.run(lambda code: say(f"{names[code]}：{_made(code, until)}件"))


def _beside_the_matters(code: str, crew: Crew, until: datetime, calendar: WorkingCalendar) -> Iterator[Beats]:
    """What else goes on in a centre: questions at the counter, reports, learning, notices that are read."""
    for source in (counting.tallies, counting.written_down, reporting.zero_reports, learning.sweeps, _read):
        yield source(code, crew, until, calendar)
    yield from learning.courses(code, crew, until, calendar)


def _registered() -> set[str]:
    return set(Centre.objects.values_list("code", flat=True))


def _one_at_a_time(group: Sequence[str]) -> None:
    """Whoever makes the year of the same centres meanwhile waits here, and then finds them filled."""
    with connection.cursor() as cursor:
        for code in sorted(group):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"demo year {code}"])


def _open(code: str, hashed_password: str) -> Crew:
    with in_centre(code):
        open_accounts(code, hashed_password)
        return Crew.here()


def _read(code: str, crew: Crew, until: datetime, calendar: WorkingCalendar) -> Beats:
    """Everybody has read the notices that are older than two working days."""
    yield Beat(datetime.combine(plan.workdays(until, calendar)[-3], READ_AT, SHANGHAI), code)
    for person in crew.people:
        mark_all_read(actor=person)


def _is_empty(code: str) -> bool:
    with in_centre(code):
        return not Matter.objects.exists()


def _made(code: str, until: datetime) -> int:
    """How many there are, after the clocks were swept once: what is late today is chased, people are told."""
    with in_centre(code), clock.at(until):
        ladder.sweep()
        return Matter.objects.count()
