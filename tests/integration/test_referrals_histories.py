"""Any history of both sides' acts, with words that cross and come late, ends with both sides of one mind.

“Of one mind”: once everything has arrived, each referral stands in the same state on both sides, asks and
their answers are the same, and whoever is out of it has ended the matter that came of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotFound
from bancheng.exchange import dispatch, inbox
from bancheng.exchange.models import Inbox, Message
from bancheng.identity.roles import Role
from tenants.matters.models import Matter
from tenants.matters.states import OPEN
from tenants.matters.states import State as MatterState
from tenants.referrals.models import UNDER_WAY, Direction, MaterialAsk, Referral, State
from tests import notes
from tests.between import Side, decide

COUNTY, CITY, YUXIAN = "130722", "130700", "130726"
CENTRES = (COUNTY, CITY, YUXIAN)
OF_HOME = ("recall", "give_material", "chase", "escalate", "appeal", "confirm", "send_again")
OF_THE_UNIT = ("sign", "give_back", "take_up", "ask", "report", "resolve", "answer", "finish")
OF_THE_OFFICE = ("designated", "redirect")

Sides = dict[str, Side]


class Turn(NamedTuple):
    """Somebody acts, or one of the messages under way arrives; `which` of those that there are."""

    act: str
    which: int
    unit: str


TURNS = st.lists(
    st.builds(
        Turn,
        st.one_of(
            st.just("arrive"),
            st.sampled_from(OF_THE_UNIT),
            st.sampled_from(OF_HOME),
            st.sampled_from(OF_THE_OFFICE),
        ),
        st.integers(0, 5),
        st.sampled_from(CENTRES),
    ),
    min_size=8,
    max_size=18,
)


@pytest.fixture
def sides(zhangbei: Any, city: Any, yuxian: Any, office: Any) -> Sides:
    """The three centres, their people at work."""
    found = {str(centre.code): Side(centre) for centre in (zhangbei, city, yuxian)}
    for side in found.values():
        with side.inside() as desk:
            for role in (Role.WINDOW_CLERK, Role.WINDOW_LEAD, Role.HANDLER):
                desk.staff(role)
    return found


@settings(
    max_examples=8,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a history is short enough to be read as it is
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(turns=TURNS)
def test_any_history_ends_with_both_sides_of_one_mind(sides: Sides, turns: list[Turn]) -> None:
    with forgotten_afterwards():
        home = sides[COUNTY]
        first = home.send(CITY)
        for turn in turns:
            take(turn, sides, first)
            the_home_matter_is_away_as_long_as_a_referral_is(home, first)
        everything_arrives()
        the_home_matter_is_away_as_long_as_a_referral_is(home, first)
        every_open_matter_has_an_owner()
        for referral in sent_of(home, first):
            of_one_mind(sides, referral)


def take(turn: Turn, sides: Sides, first: UUID) -> None:
    """What the rules refuse is refused, and nothing has happened."""
    sent = sent_of(sides[COUNTY], first)
    referral = sent[turn.which % len(sent)]
    unit = sides[referral.unit_code]
    try:
        with transaction.atomic():
            if turn.act == "arrive":
                arrive(turn.which)
            elif turn.act in OF_THE_OFFICE:
                decide(turn.act, referral.pk, COUNTY, unit=turn.unit)
            elif turn.act == "send_again":
                sides[COUNTY].send_again(first, turn.unit)
            else:
                doer = unit if turn.act in OF_THE_UNIT else sides[COUNTY]
                getattr(doer, turn.act)(referral.pk)
    except (Conflict, Invalid, NotFound, Referral.DoesNotExist, NoMatter):
        pass


NoMatter = AssertionError
"""What a Side raises where nothing came of the referral yet."""


def arrive(which: int) -> None:
    """One message, not always the oldest; what was held for it follows."""
    under_way = list(Message.objects.filter(state=Message.State.PENDING).order_by("created_at", "pk"))
    if under_way:
        notes.end_waiting()
        dispatch.deliver(under_way[which % len(under_way)].pk)
        for held in inbox.next_held():
            with in_centre(held.target):
                inbox.drain(case_id=held.case_id, source=held.source, target=held.target)


def everything_arrives() -> None:
    notes.end_waiting()
    dispatch.run_due()
    assert not Message.objects.exclude(state=Message.State.DELIVERED).exists()
    assert not Inbox.objects.exclude(state=Inbox.State.APPLIED).exists()


def sent_of(home: Side, first: UUID) -> list[Referral]:
    """All that were sent of the one matter, oldest first."""
    with home.inside():
        matter = Referral.objects.get(pk=first).matter_id
        return list(Referral.objects.filter(matter=matter).order_by("created_at", "pk"))


def every_open_matter_has_an_owner() -> None:
    for code in CENTRES:
        with in_centre(code):
            assert not Matter.objects.filter(state__in=OPEN, holder="").exists()


def the_home_matter_is_away_as_long_as_a_referral_is(home: Side, first: UUID) -> None:
    away = any(referral.state in UNDER_WAY for referral in sent_of(home, first))
    assert (home.matter(first).state == MatterState.REFERRED) == away


def of_one_mind(sides: Sides, ours: Referral) -> None:
    home, unit = sides[COUNTY], sides[ours.unit_code]
    theirs = unit.row(ours.pk)
    assert (ours.state, ours.direction, theirs.direction) == (
        theirs.state,
        Direction.SENT,
        Direction.RECEIVED,
    )
    assert asks_of(home, ours.pk) == asks_of(unit, ours.pk)
    if ours.state in (State.RETURNED, State.RECALLED):
        assert theirs.matter is None
    elif ours.state == State.REDIRECTED:
        assert theirs.matter is None or theirs.matter.state == MatterState.WITHDRAWN
    elif ours.state == State.CONFIRMED:
        assert theirs.matter is not None
        assert theirs.matter.state == MatterState.CLOSED


def asks_of(side: Side, referral: UUID) -> list[Any]:
    with side.inside():
        found = MaterialAsk.objects.filter(referral=referral).order_by("pk")
        return [(ask.pk, ask.items, ask.given) for ask in found]


@contextmanager
def forgotten_afterwards() -> Iterator[None]:
    """One history is rolled back before the next begins."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
