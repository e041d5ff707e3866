"""Whoever works in the centres during a chaos run: a process that looks what is to be done, and does it.

It keeps nothing in mind. What an act has done is read from the database before the next, so a database that
crashes in the middle of an act cannot make it do the same twice, nor forget it. Each act that the database
has confirmed is written down as a line of its own, for the verdict.
"""

import json
import select
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TextIO
from uuid import UUID

from django.db import InterfaceError, OperationalError, connections
from django.db.models import Exists, OuterRef

from bancheng.centres.scope import in_centre
from bancheng.errors import Refused
from bancheng.exchange.errors import describe
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.overview import deciding
from bancheng.overview.models import BoardCase
from tenants.demo.chaos.desk import Desk
from tenants.demo.chaos.ways import PROVINCE_CENTRE, Way, way_of
from tenants.demo.crew import Crew
from tenants.matters.models import Matter
from tenants.matters.states import State as MatterState
from tenants.referrals.models import Direction, Referral, State

AT_ONCE = 12
"""So many of one kind of act before the next kind has its turn."""
IDLE_SECONDS = (0.2, 1.0)
"""How long to wait when there is nothing to do: at first, and at most, doubling."""


@dataclass(frozen=True)
class Part:
    """What one driver has to do: in which centres, how many referrals each begins, to whom they go.

    `city` are the centres that the coordinator of `office` ("" for none) may decide about; confirmed acts are
    written to the file `acts`.
    """

    centres: tuple[str, ...]
    quotas: dict[str, int]
    units: tuple[str, ...]
    city: tuple[str, ...]
    office: str
    seed: int
    acts: str


class Driver:
    """Works through its centres, turn by turn."""

    def __init__(self, part: Part, acts: TextIO) -> None:
        self.part, self._acts = part, acts
        self.rng = Random(f"{part.seed} {part.centres}")  # noqa: S311  # a plan to be repeated
        self.refused: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self._desks: dict[str, Desk] = {}
        self._coordinator: Actor | None = None

    def work(self, until: Callable[[float], bool]) -> None:
        """Go on until `until(seconds to wait)` says that it is over."""
        wait = 0.0
        while not until(wait):
            try:
                wait = 0.0 if self._turn() else min(max(IDLE_SECONDS[0], 2 * wait), IDLE_SECONDS[1])
            except (OperationalError, InterfaceError):  # the database is away: look again what stands
                self._forget_connections()
                wait = 0.5

    def _turn(self) -> int:
        done = 0
        for code in self.part.centres:
            with in_centre(code):
                done += self._in_centre(self._desk(code))
        if self.part.office:
            with in_centre(self.part.office):
                done += self._in_office()
        return done

    # --- A centre ------------------------------------------------------------------------------------

    def _in_centre(self, desk: Desk) -> int:
        steps = (self._finish, self._follow, self._take_in, self._send, self._begin)
        return sum(self._do(desk.centre, *task) for step in steps for task in step(desk))

    def _finish(self, desk: Desk) -> Iterator["Task"]:
        """As home: confirm what was answered, give what was asked for."""
        for referral in _some(Direction.SENT, State.ANSWERED):
            yield "confirm", referral.pk, partial(desk.confirm, referral.pk)
        for referral in _some(Direction.SENT, State.ASKED):
            yield "give_material", referral.pk, partial(desk.give_material, referral.pk)

    def _follow(self, desk: Desk) -> Iterator["Task"]:
        """As home: recall, chase, appeal, where that is the referral's way."""
        for referral in _some(Direction.SENT, State.SENT):
            if self._way(referral, desk) in (Way.RECALL, Way.RACE):
                yield "recall", referral.pk, partial(desk.recall, referral.pk)
        for referral in _some(Direction.SENT, State.SIGNED, chases=0):
            if self._way(referral, desk) == Way.WHOLE:
                yield "chase", referral.pk, partial(desk.chase, referral.pk)
        for referral in _some(Direction.SENT, State.RETURNED, appealed_at=None):
            if self._way(referral, desk) == Way.APPEAL:
                yield "appeal", referral.pk, partial(desk.appeal, referral.pk)

    def _take_in(self, desk: Desk) -> Iterator["Task"]:
        """As receiver: sign or give back, handle, ask, refer on, answer."""
        for referral in _some(Direction.RECEIVED, State.SENT):
            match self._way(referral, desk):
                case Way.RETURN | Way.APPEAL:
                    yield "give_back", referral.pk, partial(desk.give_back, referral.pk)
                case Way.RECALL:
                    pass  # home is about to recall it
                case _:
                    yield "sign", referral.pk, partial(desk.sign, referral.pk)
        for referral in _some(Direction.RECEIVED, State.SIGNED, matter__state__in=_AT_WORK):
            yield from self._handle(desk, referral)

    def _handle(self, desk: Desk, referral: Referral) -> Iterator["Task"]:
        """One step further with a matter that came in, by the way it goes."""
        matter, way = referral.matter, self._way(referral, desk)
        if matter is None or way == Way.REDIRECT:
            return
        if matter.state in (MatterState.ACCEPTED, MatterState.ASSIGNED):
            yield "", None, partial(desk.take_in_hand, matter.pk)
        elif matter.state == MatterState.RESOLVED:
            yield "answer", referral.pk, partial(desk.answer, referral.pk)
        elif way == Way.WHOLE and not referral.asks.exists():
            yield "ask", referral.pk, partial(desk.ask, referral.pk)
        elif way == Way.CHAIN and not matter.referrals.filter(direction=Direction.SENT).exists():
            yield "", None, partial(desk.draft, matter.pk, PROVINCE_CENTRE)
        elif not matter.referrals.filter(direction=Direction.SENT, state=State.DRAFT).exists():
            if way == Way.WHOLE:
                yield "report", referral.pk, partial(desk.report, referral.pk)
            yield "", None, partial(desk.resolve, matter.pk)

    def _send(self, desk: Desk) -> Iterator["Task"]:
        """As home: send what was drafted."""
        for referral in _some(Direction.SENT, State.DRAFT):
            yield "send", referral.pk, partial(desk.send, referral.pk)

    def _begin(self, desk: Desk) -> Iterator["Task"]:
        """As home: draft further referrals of our own matters, until the quota is full."""
        begun = Referral.objects.filter(
            direction=Direction.SENT, matter__origin_referral=None, drafted_by__isnull=False
        )
        missing = self.part.quotas[desk.centre] - begun.count()
        free = Matter.objects.filter(state=MatterState.HANDLING, origin_referral=None).exclude(
            Exists(Referral.objects.filter(matter=OuterRef("pk"), state=State.DRAFT))
        )
        for matter in free.order_by("?")[: max(0, min(AT_ONCE, missing))]:
            if units := self._units(desk, matter):
                yield "", None, partial(desk.draft, matter.pk, self.rng.choice(units))

    def _units(self, desk: Desk, matter: Matter) -> list[str]:
        """The others, as far as they have not given this matter back yet."""
        returned = set(matter.referrals.filter(state=State.RETURNED).values_list("unit_code", flat=True))
        return [code for code in self.part.units if code != desk.centre and code not in returned]

    # --- The coordinator -----------------------------------------------------------------------------

    def _in_office(self) -> int:
        """Redirect and designate, where that is the way."""
        return sum(self._do(self.part.office, *task) for task in self._decide())

    def _decide(self) -> Iterator["Task"]:
        if self._coordinator is None:
            self._coordinator = Crew.here().actor(Role.CITY_COORDINATOR)
        words: dict[str, Any] = {"actor": self._coordinator, "reason": "由该单位承办为宜。"}
        open_cases = BoardCase.objects.filter(decision="", source__in=self.part.city)
        for case in open_cases.filter(state=State.SIGNED, target__in=self.part.city)[:AT_ONCE]:
            if self._way_on_board(case) == Way.REDIRECT:
                decide = partial(deciding.redirect, case_id=case.pk, unit=self._another(case), **words)
                yield "redirect", case.pk, decide
        for case in open_cases.filter(state=State.RETURNED).exclude(appealed_at=None)[:AT_ONCE]:
            decide = partial(deciding.designate, case_id=case.pk, unit=self._another(case), **words)
            yield "designate", case.pk, decide

    def _another(self, case: BoardCase) -> str:
        return self.rng.choice([code for code in self.part.city if code not in (case.source, case.target)])

    # --- Small things --------------------------------------------------------------------------------

    def _do(self, centre: str, act: str, referral_id: UUID | None, run: Callable[[], object]) -> int:
        """One act. Refused is where somebody else was faster; any other error is told in the report."""
        try:
            run()
        except (OperationalError, InterfaceError):
            raise
        except Refused as refusal:
            self.refused[f"{act or 'own'}: {refusal.message}"] += 1
            return 0
        except Exception as error:
            self.errors[f"{act or 'own'}: {describe(error)}"] += 1
            return 0
        if act:
            self._acts.write(f"{centre} {act} {referral_id}\n")
            self._acts.flush()
        return 1

    def _way(self, referral: Referral, desk: Desk) -> Way:
        ends = (desk.centre, referral.unit_code)
        home, there = ends if referral.direction == Direction.SENT else ends[::-1]
        settled = referral.designated_at is not None or referral.round > 1
        return way_of(referral.number, home, there, settled=settled, seed=self.part.seed, city=self.part.city)

    def _way_on_board(self, case: BoardCase) -> Way:
        settled = case.designated_at is not None or case.round > 1
        return way_of(
            case.number, case.source, case.target, settled=settled, seed=self.part.seed, city=self.part.city
        )

    def _desk(self, centre: str) -> Desk:
        if centre not in self._desks:
            self._desks[centre] = Desk(centre, Crew.here())
        return self._desks[centre]

    def _forget_connections(self) -> None:
        connection: Any = connections["default"]
        connection.close()
        connection.close_pool()


def run(part: Part) -> None:
    """Work until the standard input ends."""

    def over(seconds: float) -> bool:
        return bool(select.select([sys.stdin], [], [], seconds)[0])

    with Path(part.acts).open("a", encoding="utf-8") as acts:
        driver = Driver(part, acts)
        driver.work(over)
    said = {"refused": driver.refused, "errors": driver.errors}
    Path(part.acts).with_suffix(".json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")


Task = tuple[str, UUID | None, Callable[[], object]]
"""The name under which an act is written down ("" for none), its referral, and how it is done."""

_AT_WORK = (MatterState.ACCEPTED, MatterState.ASSIGNED, MatterState.HANDLING, MatterState.RESOLVED)


def _some(direction: Direction, state: State, **more: Any) -> list[Referral]:
    """A few referrals that wait for somebody here, in no order: none keeps the others from their turn."""
    rows = Referral.objects.filter(direction=direction, state=state, **more).select_related("matter")
    return list(rows.order_by("?")[:AT_ONCE])
