"""The plan of the invented year: what comes to which centre, when, and how it goes. Pure and repeatable."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from bancheng.catalogue.words import Kind, ReporterKind
from bancheng.timekeeping.calendar import WorkingCalendar
from tenants.demo import invented, material, waves
from tenants.demo.material import Case
from tenants.demo.pace import Pace
from tenants.demo.waves import CITY, SHOWN_COUNTY, Wave
from tenants.matters.actions import ReporterDetails

SHOWN = (CITY, SHOWN_COUNTY)
"""The centres that a visitor opens first: each of them has a matter at every stage today."""
YEAR = 364
"""Calendar days that the year goes back, so that it starts a day after today's date of last year."""
INFLOW = (15, 12.6, 10.8, 9.6, 8.6, 7.8, 7.2, 6.8, 6.6, 6.5, 6.4, 1)
"""Shares of the twelve months, oldest first: a backlog, then ever less; today's open ones come on top.

What keeps coming until something is done about it (`waves`) has its own times.
"""


class Fate(StrEnum):
    """How a matter goes."""

    DONE = "done"
    PARTLY = "partly"
    STATUTORY = "statutory"
    NEGATIVE = "negative"
    DECLINED = "declined"
    REVERSED = "reversed"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    RETURNED = "returned"
    DESIGNATED = "designated"
    SPECIAL = "special"
    UNREACHED = "unreached"
    LATE = "late"
    LETTER = "letter"
    REFERRED = "referred"
    GIVEN_BACK = "given_back"
    MERGED = "merged"


class Stand(StrEnum):
    """Where a matter of today stands still."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    AWAITING = "awaiting"
    SIGNOFF = "signoff"
    RESOLVED = "resolved"
    REPLIED = "replied"
    DRAFTED = "drafted"
    SENT = "sent"
    SIGNED = "signed"
    ANSWERED = "answered"


CROSSING = frozenset({Fate.REFERRED, Fate.GIVEN_BACK})
STAYS_OUT = CROSSING | {Fate.DECLINED, Fate.REVERSED}
"""What a matter of a wave does not come to: it is handled here, under the cause that it has."""
FATES: dict[Fate, float] = {
    Fate.DONE: 52,
    Fate.LATE: 8,
    Fate.PARTLY: 5,
    Fate.REFERRED: 5,
    Fate.DECLINED: 4,
    Fate.WITHDRAWN: 4,
    Fate.RETURNED: 4,
    Fate.SPECIAL: 3.5,
    Fate.NEGATIVE: 3,
    Fate.LETTER: 3,
    Fate.UNREACHED: 2,
    Fate.REOPENED: 2,
    Fate.STATUTORY: 2,
    Fate.GIVEN_BACK: 1,
    Fate.DESIGNATED: 1,
    Fate.REVERSED: 0.5,
}
"""How often each is."""

OPEN_TODAY: tuple[tuple[Stand, Fate, int, int], ...] = (
    (Stand.HANDLING, Fate.DONE, 9, 3),  # overdue
    (Stand.SIGNOFF, Fate.SPECIAL, 3, 4),
    (Stand.AWAITING, Fate.DONE, 2, 3),
    (Stand.REGISTERED, Fate.DONE, 1, 2),
    (Stand.SENT, Fate.LETTER, 5, 5),
    (Stand.RESOLVED, Fate.DONE, 4, 3),
    (Stand.HANDLING, Fate.DONE, 5, 3),  # due today or tomorrow
    (Stand.REPLIED, Fate.DONE, 5, 3),
    (Stand.ASSIGNED, Fate.DONE, 1, 3),
    (Stand.ACCEPTED, Fate.DONE, 1, 3),
    (Stand.SIGNED, Fate.REFERRED, 6, 5),
    (Stand.HANDLING, Fate.RETURNED, 3, 4),
    (Stand.SENT, Fate.REFERRED, 1, 5),
    (Stand.ANSWERED, Fate.REFERRED, 8, 5),
    (Stand.DRAFTED, Fate.REFERRED, 2, 5),
)
"""Today's open matters: stage, fate, working days ago, level."""


@dataclass(frozen=True)
class Plan:
    """One matter of the year. `level` 0 leaves it to the case; `stand` None lets it go to its end."""

    seed: str
    centre: str
    at: datetime
    case: Case
    reporter: ReporterDetails
    fate: Fate
    stand: Stand | None = None
    level: int = 0
    unit: str = ""
    wave: bool = False


def year(
    codes: Sequence[str], *, matters: int, until: datetime, calendar: WorkingCalendar
) -> dict[str, list[Plan]]:
    """What each centre gets, in the order of time: `matters` in all, divided by the size of the centres."""
    shares = _shares(codes, matters)
    return {code: list(_of_centre(code, shares[code], until, calendar)) for code in codes}


def weight(code: str) -> float:
    """How much comes to a centre, a county's being 1: more to the city and districts, less to the zones."""
    if code == CITY:
        return 4.0
    if code.startswith("13077"):
        return 0.5
    return 1.25 if code < "130720" else 1.0


ELSEWHERE_MERGED = 0.1
"""How likely a centre that is not SHOWN has two matters that are one."""

TOTAL_WEIGHT = 23.0
"""Of the city's twenty centres together."""


def workdays(until: datetime, calendar: WorkingCalendar) -> list[date]:
    """The working days of the year up to today, oldest first."""
    days = (until.date() - timedelta(days=n) for n in range(YEAR, -1, -1))
    return [day for day in days if calendar.is_workday(day)]


def _shares(codes: Sequence[str], matters: int) -> dict[str, int]:
    """`matters` divided by weight; what rounding leaves goes to the first."""
    total = sum(weight(code) for code in codes)
    shares = {code: int(matters * weight(code) / total) for code in codes}
    for code in list(codes)[: matters - sum(shares.values())]:
        shares[code] += 1
    return shares


def _of_centre(code: str, count: int, until: datetime, calendar: WorkingCalendar) -> Iterator[Plan]:
    rng = Random(f"year {code}")  # noqa: S311  # an invented year, the same every time
    moments = [*_open_moments(code, count, until, calendar, rng)]
    settled = count - len(moments)
    rolling = waves.of(code, settled)
    plans = [
        _plan(code, n, at, rng, wave=wave, waves_here=rolling)
        for n, (at, wave) in enumerate(_past(code, settled, rolling, until, calendar, rng))
    ]
    plans = [replace(p, reporter=_same_person(plans[:n], p, rng) or p.reporter) for n, p in enumerate(plans)]
    if code in SHOWN or rng.random() < ELSEWHERE_MERGED:
        plans = _with_a_twin(plans, calendar, rng)
    for n, (at, (stand, fate, _, level)) in enumerate(moments, start=settled):
        # Not urgent: expediting would move the due date away from where this entry wants it.
        plan = _plan(code, n, at, rng, urgent=False, waves_here=rolling)
        plans.append(replace(plan, fate=fate, stand=stand, level=level))
    yield from sorted(plans, key=lambda plan: plan.at)


def _with_a_twin(plans: list[Plan], calendar: WorkingCalendar, rng: Random) -> list[Plan]:
    """One of them becomes what somebody else brings soon after another one, for the same reason."""
    hosts = [n for n, p in enumerate(plans[:-1]) if p.fate == Fate.DONE and not (p.wave or plans[n + 1].wave)]
    if not hosts:
        return plans
    n = rng.choice(hosts)
    host = plans[n]
    at = Pace(rng, calendar).soon(host.at)
    reporter = _reporter(host.centre, at, host.case, rng)
    twin = replace(plans[n + 1], at=at, case=host.case, reporter=reporter, fate=Fate.MERGED)
    return [*plans[: n + 1], twin, *plans[n + 2 :]]


def _open_moments(
    code: str, count: int, until: datetime, calendar: WorkingCalendar, rng: Random
) -> Iterator[tuple[datetime, tuple[Stand, Fate, int, int]]]:
    """Today's open matters of a centre: every stage where visitors look, now and then one elsewhere."""
    if code in SHOWN:
        chosen = OPEN_TODAY[: max(count // 2, 1)] if count else ()
    else:
        start = rng.randrange(len(OPEN_TODAY))
        turned = OPEN_TODAY[start:] + OPEN_TODAY[:start]
        chosen = turned[: min(rng.choice((0, 0, 1)), count)]
    pace = Pace(rng, calendar)
    for entry in chosen:
        yield pace.on(_workday_before(until.date(), entry[2], calendar)), entry


def _past(
    code: str,
    count: int,
    rolling: tuple[Wave, ...],
    until: datetime,
    calendar: WorkingCalendar,
    rng: Random,
) -> list[tuple[datetime, Wave | None]]:
    """When each past matter of a centre came, oldest first, and of which wave, if of any.

    None in the last week, whose matters are today's open ones.
    """
    first, latest = until.date() - timedelta(days=YEAR), _workday_before(until.date(), 6, calendar)
    found: list[tuple[datetime, Wave | None]] = [*waves.moments(rolling, code, first, latest, calendar)]
    found += [(_past_moment(rng, until, latest, calendar), None) for _ in range(count - len(found))]
    return sorted(found, key=lambda each: each[0])


def _past_moment(rng: Random, until: datetime, latest: date, calendar: WorkingCalendar) -> datetime:
    """A moment of the year up to `latest`, by INFLOW."""
    month = rng.choices(range(12), weights=INFLOW)[0]
    days = [until.date() - timedelta(days=YEAR - int((month + rng.random()) * YEAR / 12))]
    while not calendar.is_workday(days[-1]):
        days.append(days[-1] + timedelta(days=1))
    return Pace(rng, calendar).on(min(days[-1], latest))


def _plan(
    code: str,
    number: int,
    at: datetime,
    rng: Random,
    *,
    urgent: bool = True,
    wave: Wave | None = None,
    waves_here: tuple[Wave, ...] = (),
) -> Plan:
    """What comes at this moment: a case of the wave, or any that is of none of the centre's waves."""
    taken = {each.pattern for each in waves_here}
    cases = [
        case
        for case in material.cases()
        if (case.pattern == wave.pattern if wave else case.pattern not in taken)
        and (urgent or case.kind != Kind.URGENT)
    ]
    case = rng.choices(cases, weights=[c.weight for c in cases])[0].filled(rng, at.year)
    fates = [fate for fate in FATES if wave is None or fate not in STAYS_OUT]
    fate = rng.choices(fates, weights=[FATES[each] for each in fates])[0]
    reporter = _reporter(code, at, case, rng)
    return Plan(f"{code} {number}", code, at, case, reporter, fate, wave=wave is not None)


def _reporter(code: str, at: datetime, case: Case, rng: Random) -> ReporterDetails:
    area = code if not code.startswith("13077") else "130721"
    if code == CITY:
        area = rng.choice(("130702", "130703", "130705"))
    return invented.reporter(rng, area=area, today=at.date(), item=case.item)


def _same_person(earlier: Iterable[Plan], plan: Plan, rng: Random) -> ReporterDetails | None:
    """Now and then somebody comes again with the same item: the reporter of the earlier matter."""
    since = plan.at - timedelta(days=80)
    before = [
        p
        for p in earlier
        if p.case.item == plan.case.item and since < p.at and p.reporter.kind == ReporterKind.PERSON
    ]
    return before[-1].reporter if before and rng.random() < 0.2 else None


def _workday_before(day: date, working_days: int, calendar: WorkingCalendar) -> date:
    while working_days:
        day -= timedelta(days=1)
        working_days -= calendar.is_workday(day)
    return day


def with_units(plans: dict[str, list[Plan]]) -> dict[str, list[Plan]]:
    """Name the other side of every referral among these centres; alone, a centre writes to the province."""
    return {code: [_with_unit(plan, list(plans)) for plan in ours] for code, ours in plans.items()}


def _with_unit(plan: Plan, codes: list[str]) -> Plan:
    if plan.fate == Fate.LETTER:
        return replace(plan, unit="130000")
    if plan.fate not in CROSSING:
        return plan
    rng = Random(f"unit {plan.seed}")  # noqa: S311
    others = [code for code in codes if code != plan.centre]
    if not others:
        stand = None if plan.stand is None else Stand.SENT
        return replace(plan, fate=Fate.LETTER, unit="130000", stand=stand)
    to_the_city = CITY in others and rng.random() < 0.7
    return replace(plan, unit=CITY if to_the_city else rng.choice(others))
