"""Any history of three centres: facts and sums equal a recount; rebuilt from nothing they are the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bancheng.catalogue.words import Channel, DeclineReason, Kind, Mode, Outcome
from bancheng.centres.scope import in_centre
from bancheng.errors import Refused
from bancheng.exchange import dispatch
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.overview import rollup
from bancheng.overview.models import CityDay
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tenants.coordination import actions as coordination
from tenants.coordination.offices import Office
from tenants.matters import actions
from tenants.matters.models import Matter
from tenants.referrals import receiving, sending
from tenants.referrals.models import Direction, Referral
from tenants.replies import actions as replies
from tenants.replies.models import ThanksKind
from tenants.workbook import reconcile, summary
from tests import schemas
from tests.desk import STORY, Desk
from tests.integration import clockwork
from tests.integration.test_overview_rollup import everything

CENTRES = ("130722", "130726", "130700")
START = datetime(2026, 2, 10, 9, 0, tzinfo=SHANGHAI)
STEPS = 50
TRIES = 10


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_any_history_of_three_centres_agrees_with_a_recount(transactional_db: None, seed: int) -> None:
    schemas.empty_database()
    history = History(seed)
    for _ in range(STEPS):
        history.go_on()
    with clock.at(history.moment):
        dispatch.run_due()
        for code in CENTRES:
            with in_centre(code):
                assert [str(each) for each in reconcile.differences(code)] == []
        assert reconcile.city_differences() == []
        counted = everything()
        for code in CENTRES:
            with in_centre(code):
                summary.rebuild(code)
        rollup.roll_up_everything()
        assert everything() == counted
    assert history.took > STEPS / 2
    assert sum(CityDay.objects.values_list("registered", flat=True)) == history.matters()


class History:
    """What three centres do, told again by the same seed. Time only goes on."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)  # noqa: S311  # a history that can be told again
        self.desks = {code: Desk(schemas.centre(code)) for code in CENTRES}
        self.moment, self.took = START, 0

    def go_on(self) -> None:
        """One act in one centre, or some counting, or messages that arrive."""
        rng = self.rng
        self.moment += timedelta(minutes=rng.choice((7, 90, 400, 1440, 3000)))
        code = rng.choice(CENTRES)
        with clock.at(self.moment):
            with in_centre(code):
                if rng.random() < 0.2:
                    summary.summarise(code)
                else:
                    self.took += act(self.desks[code], rng)
            if rng.random() < 0.2:
                dispatch.run_due()
            if rng.random() < 0.1:
                rollup.roll_up()

    def matters(self) -> int:
        found = 0
        for code in CENTRES:
            with in_centre(code):
                found += Matter.objects.count()
        return found


def act(desk: Desk, rng: Random) -> int:
    """One random act of those that neither the state nor a rule forbids; 0 where none was found."""
    known = list(Matter.objects.order_by("registered_at", "pk").values_list("pk", flat=True))
    if not known or rng.random() < 0.25:
        begun = (desk.registered, desk.accepted, desk.handling, desk.handling, desk.resolved, desk.replied)
        rng.choice(begun)(
            story=replace(STORY, trips_before=rng.randrange(4), months_before=rng.choice((0, 0, 2, 14)))
        )
        return 1
    acts = [
        *at_the_window(desk, rng.choice(known), rng.choice(known), rng),
        *at_the_department(desk, rng.choice(known), rng),
        *by_leaders(desk, rng.choice(known), rng),
        *afterwards(desk, rng.choice(known), rng),
        *between_centres(desk, rng.choice(known), rng),
    ]
    for chosen in rng.sample(acts, TRIES):
        try:
            chosen()
        except Refused:
            continue
        return 1
    return 0


Acts = list[Callable[[], Any]]


def at_the_window(desk: Desk, it: UUID, other: UUID, rng: Random) -> Acts:
    lead, clerk = desk.actor(Role.WINDOW_LEAD), desk.actor(Role.WINDOW_CLERK)
    return [
        lambda: actions.triage(
            matter_id=it,
            actor=lead,
            kind=rng.choice(list(Kind)),
            item_code=rng.choice(("YL10", "YL01", "YL02")),
            level=rng.randrange(1, 6),
            mode=rng.choice((Mode.ROUTINE, Mode.EXPEDITE)),
            principal_cause=rng.choice(("C01", "C02", "C06")),
        ),
        lambda: actions.accept(matter_id=it, actor=lead),
        lambda: desk.assign(it, department=rng.choice(("SB", "YB"))),
        lambda: actions.decline(
            matter_id=it, actor=lead, reason=DeclineReason.NOT_OURS, explanation="a", remedy="b"
        ),
        lambda: actions.contact(matter_id=it, actor=clerk, channel=Channel.PHONE, reached=True, text="a"),
        lambda: actions.withdraw(matter_id=it, actor=lead, reason="a", told_by="b"),
        lambda: actions.merge(matter_id=it, actor=lead, into=other, reason="a"),
        lambda: actions.record_consultation(actor=clerk, item_code="YL10", subject="a"),
        lambda: actions.count_consultations(
            actor=clerk,
            day=clock.today() - timedelta(days=rng.randrange(9)),
            item_code="YL01",
            channel=Channel.HOTLINE,
            count=rng.randrange(1, 40),
        ),
    ]


def at_the_department(desk: Desk, it: UUID, rng: Random) -> Acts:
    handler, head = desk.actor(Role.HANDLER), desk.actor(Role.DEPARTMENT_HEAD)
    return [
        lambda: actions.sign(matter_id=it, actor=handler),
        lambda: coordination.return_to_window(matter_id=it, actor=head, reason="a", basis="b", suggested="c"),
        lambda: clockwork.wait(desk, it),
        lambda: clockwork.go_on(desk, it),
        lambda: coordination.ask_support(
            matter_id=it,
            actor=desk.actor(Role.WINDOW_LEAD),
            office=Office("YB", "医保", is_department=True),
            question="a",
        ),
        lambda: coordination.answer_support(
            matter_id=it, actor=desk.actor(Role.DEPARTMENT_HEAD, "YB"), answer="a", basis="b"
        ),
        lambda: actions.resolve(
            matter_id=it,
            actor=handler,
            outcome=rng.choice((Outcome.DONE, Outcome.PARTLY)),
            result="a",
            basis="b",
        ),
    ]


def by_leaders(desk: Desk, it: UUID, rng: Random) -> Acts:
    director, lead = desk.actor(Role.DIRECTOR), desk.actor(Role.WINDOW_LEAD)
    return [
        lambda: clockwork.extend(desk, it, days=rng.randrange(1, 4)),
        lambda: clockwork.extend(desk, it, days=1, role=Role.DIRECTOR),
        lambda: clockwork.regrade(desk, it, level=rng.randrange(1, 6), expedite=rng.random() < 0.5),
        lambda: coordination.supervise(matter_id=it, actor=desk.actor(Role.SUPERVISOR), demand="a"),
        lambda: coordination.lift_supervision(matter_id=it, actor=desk.actor(Role.SUPERVISOR), result="a"),
        lambda: coordination.escalate(matter_id=it, actor=rng.choice((director, lead)), reason="a"),
        lambda: coordination.take_over(matter_id=it, actor=director, reason="a"),
    ]


def afterwards(desk: Desk, it: UUID, rng: Random) -> Acts:
    lead, caller = desk.actor(Role.WINDOW_LEAD), desk.actor(Role.CALLER)
    reporter = Actor.reporter(desk.centre.code)
    return [
        lambda: desk.reply(it),
        lambda: replies.call_back(
            matter_id=it,
            actor=caller,
            reached=rng.random() < 0.8,
            note="a",
            solved=rng.choice((True, False)),
            satisfied=True,
            trips_after=rng.choice((None, 0, 3)),
            blocked_again=rng.choice((None, True, False)),
        ),
        lambda: desk.close(it),
        lambda: desk.close(desk.call_back(desk.reply(desk.resolve(it).pk).pk).pk),
        lambda: actions.reopen(matter_id=it, actor=lead, reason="a"),
        lambda: replies.rate(matter_id=it, actor=reporter, grade=rng.randrange(1, 6)),
        lambda: replies.record_rating(matter_id=it, actor=caller, grade=5, comment="a"),
        lambda: replies.thank(
            matter_id=it,
            actor=desk.actor(Role.WINDOW_CLERK),
            kind=ThanksKind.BANNER,
            on=clock.today(),
            count=rng.randrange(1, 4),
        ),
    ]


def between_centres(desk: Desk, it: UUID, rng: Random) -> Acts:
    lead, here = desk.actor(Role.WINDOW_LEAD), desk.centre.code
    unit = rng.choice([code for code in (*CENTRES, "130000", "150000") if code != here])
    sent = Referral.objects.filter(direction=Direction.SENT).order_by("created_at").last()
    received = Referral.objects.filter(direction=Direction.RECEIVED).order_by("created_at").last()
    acts: Acts = [
        lambda: sending.send(
            referral_id=sending.draft(matter_id=it, actor=lead, unit=unit, reason="a", requested="b").pk,
            actor=lead,
        )
    ]
    if sent:
        acts.append(lambda: sending.confirm(referral_id=sent.pk, actor=lead))
    if received:
        acts += [
            lambda: receiving.sign(referral_id=received.pk, actor=lead),
            lambda: receiving.answer(referral_id=received.pk, actor=lead, text="a"),
            lambda: receiving.give_back(referral_id=received.pk, actor=lead, reason="a", basis="b"),
        ]
    return acts
