"""The municipal office's part of the invented year: complaints elsewhere, a city problem, a bulletin."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction

from bancheng.bulletins import actions as bulletins
from bancheng.bulletins import making
from bancheng.bulletins.models import Bulletin
from bancheng.celery import muted
from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.overview.city import actions
from bancheng.overview.city.workflow import WATCH_DAYS
from bancheng.overview.index import elsewhere, months
from bancheng.overview.models import CityProblem, ElsewhereCount, Link, MeasureKind
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.demo import plan, waves
from tenants.demo.crew import Crew

AT = time(15, 10)
TAKEN_UP, DECIDED, ROUTINE = 22, 14, 34
"""Days before the city's measure begins for taking up and deciding; days after it for making it routine."""

ISSUED_AFTER = timedelta(days=8)
"""Of the end of a month, until its bulletin is issued."""
REMARK = "请各中心对照本月数据，逐件核查超期件，对件数较多的事项和根因及时研判。"

Day = tuple[date, Callable[[], object]]


def make(until: datetime) -> int:
    """Whatever the office has not done yet of its year, in the order of time; returns how many acts it were.

    Call it when the facts of all centres have been counted.
    """
    office = Centre.objects.get(kind=Kind.OFFICE)
    with muted(), in_centre(office.code), transaction.atomic():
        crew = Crew.here()
        parts = (_complaints, _problem, _bulletin)
        acts = sorted((day for part in parts for day in part(crew, until)), key=lambda each: each[0])
        for day, act in acts:
            with clock.at(datetime.combine(day, AT, SHANGHAI)):
                act()
    return len(acts)


def _complaints(crew: Crew, until: datetime) -> Iterator[Day]:
    """What came in by 12345 and other ways, noted in the month after: ever less, as windows are found."""
    if ElsewhereCount.objects.exists():
        return
    analyst = crew.actor(Role.CITY_ANALYST)
    centres = list(Centre.objects.filter(kind=Kind.CENTRE).values_list("code", flat=True))
    wanted = months.until(months.back(months.first_of(until.date()), 1))
    for place, month in enumerate(wanted):
        counts: dict[str, int | None] = {
            code: round(plan.weight(code) * (3.4 - 0.22 * place)) for code in centres
        }
        noted_on = months.last_day(month) + timedelta(days=6)
        yield (
            min(noted_on, until.date()),
            _later(elsewhere.record_counts, actor=analyst, month=month, counts=counts),
        )


def _problem(crew: Crew, until: datetime) -> Iterator[Day]:
    """What four counties have in common, taken up for all of them, made routine, and watched."""
    wave, counties = waves.OF_THE_CITY, list(waves.COUNTIES)
    if CityProblem.objects.exists() or Centre.objects.filter(code__in=counties).count() < len(counties):
        return
    coordinator = crew.actor(Role.CITY_COORDINATOR)
    began = until.date() - timedelta(days=plan.YEAR - wave.turned)

    def on_it(act: Callable[..., object], **given: object) -> Callable[[], object]:
        return lambda: act(problem_id=CityProblem.objects.get().pk, **given)

    yield (
        began - timedelta(days=TAKEN_UP),
        _later(
            actions.take_up,
            actor=coordinator,
            item=wave.item,
            cause=wave.cause,
            centres=counties,
            link=Link.CITY,
            reason="四个县同一事项反复出现，县里改不了系统数据。",
        ),
    )
    yield (
        began - timedelta(days=DECIDED),
        on_it(
            actions.set_measure,
            actor=coordinator,
            kind=MeasureKind.SYSTEM,
            from_on=began,
            reason="请系统主管单位开通外地重复参保的比对和清理功能。",
        ),
    )
    routine = began + timedelta(days=ROUTINE)
    yield routine, on_it(actions.make_routine, actor=coordinator, reason="功能已稳定运行。")
    yield routine + timedelta(days=WATCH_DAYS), on_it(actions.watch)


def _bulletin(crew: Crew, until: datetime) -> Iterator[Day]:
    """Last month's bulletin: asked for and made, reviewed by another person, issued."""
    if Bulletin.objects.exists():
        return
    month = months.back(months.first_of(until.date()), 1)
    analyst, coordinator = crew.actor(Role.CITY_ANALYST), crew.actor(Role.CITY_COORDINATOR)

    def issue() -> None:
        asked = bulletins.ask(actor=analyst, month=month)
        making.make(asked.pk)
        bulletins.review(bulletin_id=asked.pk, actor=coordinator, comment=REMARK)
        bulletins.issue(bulletin_id=asked.pk, actor=coordinator)

    yield min(months.last_day(month) + ISSUED_AFTER, until.date()), issue


def _later(act: Callable[..., object], **given: object) -> Callable[[], object]:
    return lambda: act(**given)
