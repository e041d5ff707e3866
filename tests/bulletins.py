"""A month with figures, and the people of the municipal office who make its bulletin, for tests."""

from datetime import date, datetime
from typing import Any

from bancheng.bulletins import actions, making, selectors
from bancheng.bulletins.models import Bulletin
from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.roles import Role
from bancheng.overview.models import CityDay, ConsultationFact, Fact
from bancheng.timekeeping.clock import SHANGHAI
from tests import schemas

OFFICE = "130700-office"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
OCTOBER = date(2026, 10, 1)


def counted(day: date, *, centre: str = "130722", asked: int = 0, **counts: int) -> None:
    """So much on a day, in the facts of a centre and in the city's sums."""
    more = {"item": "YL10", "kind": "hard", "cause": "C06"}
    Fact.objects.create(centre=centre, day=day, **more, **counts)
    if asked:
        ConsultationFact.objects.create(centre=centre, day=day, item="YL10", channel="counter", count=asked)
    row, _ = CityDay.objects.get_or_create(day=day)
    for name, count in counts.items():
        setattr(row, name, getattr(row, name) + count)
    row.consultations += asked
    row.save()


class People:
    """An analyst, a coordinator and an operator of the office."""

    def __init__(self, office: Any) -> None:
        self.office = office
        with in_centre(OFFICE):
            self.analyst = schemas.make_staff(office, Role.CITY_ANALYST, name="示例统计")
            self.coordinator = schemas.make_staff(office, Role.CITY_COORDINATOR, name="示例协调")
            self.operator = schemas.make_staff(office, Role.OPERATOR, name="示例管理")

    def actor(self, person: Staff) -> Actor:
        actor: Actor = person.actor
        return actor


def october() -> None:
    """167 matters, of which 139 are closed; the month before and the same month of last year beside it."""
    counted(date(2026, 9, 15), registered=160, accepted=160, accepted_closed=120)
    counted(date(2025, 10, 15), registered=170, accepted=170, accepted_closed=170)
    counted(
        date(2026, 10, 15),
        asked=12,
        registered=167,
        accepted=167,
        accepted_closed=139,
        closed=139,
        rated=3,
        satisfied=3,
    )


def made(people: People, month: date = OCTOBER) -> Bulletin:
    """A bulletin that the analyst asked for, made."""
    asked = actions.ask(actor=people.actor(people.analyst), month=month)
    making.make(asked.pk)
    return selectors.bulletin(asked.pk)


def issued(people: People, month: date = OCTOBER) -> Bulletin:
    """One that the coordinator reviewed and issued as well."""
    bulletin = made(people, month)
    coordinator = people.actor(people.coordinator)
    actions.review(bulletin_id=bulletin.pk, actor=coordinator)
    return actions.issue(bulletin_id=bulletin.pk, actor=coordinator)


def failing(error: Exception) -> Any:
    """The steps of the making with an error in the third."""

    def write(sight: Any) -> Any:
        raise error

    return (*making.STEPS[:2], ("各中心情况", write), *making.STEPS[3:])
