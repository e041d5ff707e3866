"""A deployment that was restored from a backup is told again what it was told before, to the letter."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bancheng.exchange import dispatch, resync
from bancheng.exchange.models import Message
from bancheng.exchange.sealing import take_from
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.casework import files
from tenants.casework.actions import evidence as casework
from tenants.casework.models import Category, Evidence, EvidenceContent, Purpose
from tenants.matters.models import Matter
from tenants.referrals import receiving, sending
from tests import papers
from tests.between import Side

CITY = "130700"
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)
SAID_ONCE = {"referral.chased", "referral.escalated", "referral.progress"}
"""Free words that are kept nowhere but on the timeline."""


@pytest.fixture(autouse=True)
def on_a_tuesday() -> Any:
    with clock.at(TUESDAY):
        yield


class Post:
    """What was said in each message while it was under way."""

    def __init__(self) -> None:
        self.bodies: dict[UUID, Any] = {}

    def deliver(self) -> None:
        while pending := list(Message.objects.filter(state=Message.State.PENDING)):
            self.bodies |= {message.id: take_from(message).body for message in pending}
            dispatch.run_due()

    def said_again(self) -> dict[str, list[bool]]:
        """By kind, in order: whether each message that was delivered is made again as it was."""
        found: dict[str, list[bool]] = {}
        for message in Message.objects.order_by("created_at", "id"):
            side = Side(_centre(message.source))
            with side.inside():
                made = resync._remakers.get(message.kind, lambda _: None)(message)
            # An agreement to a recall is posted and delivered in one go; there is nothing in it.
            said = self.bodies.get(message.id, {})
            same = made is not None and resync.plain(made) == said
            found.setdefault(message.kind, []).append(same)
        return found


def _centre(code: str) -> Any:
    from tests import schemas

    return schemas.centre(code)


def kept(side: Side, matter: Matter, serial: int) -> Evidence:
    """A file of this matter; each `serial` is another."""
    casework.add_evidence(
        matter_id=matter.pk,
        actor=side.desk.actor(Role.WINDOW_CLERK),
        category=Category.LETTER,
        purpose=Purpose.FILING,
        file=files.clean(f"示例{serial}.png", papers.picture("PNG", (8 + serial, 8))),
    )
    return Evidence.objects.filter(matter=matter).order_by("-at", "-id")[0]


def test_the_whole_way_of_a_case_with_its_files_is_made_again(county: Side, city_side: Side) -> None:
    post = Post()
    with county.inside() as desk:
        matter = desk.handling(level=5)
        along = [kept(county, matter, serial).pk for serial in (1, 2)]
        draft = sending.draft(
            matter_id=matter.pk,
            actor=desk.actor(Role.HANDLER),
            unit=CITY,
            reason="档案在市级。",
            requested="请协查。",
            files=along,
        )
    referral = county.send_draft(draft.pk)
    post.deliver()
    city_side.sign(referral)
    city_side.take_up(referral)
    for serial in (3, 4):
        city_side.ask(referral, due_on=date(2026, 11, 24) + timedelta(days=serial))
        post.deliver()
        with county.inside():
            file = kept(county, matter, serial)
        county.give_material(referral, files=[file.pk])
        post.deliver()
    city_side.resolve(referral)
    with city_side.inside() as desk:
        receiving.answer(
            referral_id=referral,
            actor=desk.actor(Role.WINDOW_LEAD),
            text="已认定。",
            files=[kept(city_side, city_side.matter(referral), 5).pk],
        )
    post.deliver()
    county.confirm(referral)
    post.deliver()

    assert post.said_again() == {
        "referral.sent": [True],
        "referral.file": [True] * 5,
        "referral.signed": [True],
        "referral.material_asked": [True, True],
        "referral.material_given": [True, True],
        "referral.answered": [True],
        "referral.confirmed": [True],
    }


def test_a_return_and_a_recall_are_made_again(county: Side, city_side: Side) -> None:
    post = Post()
    returned = county.send(CITY)
    post.deliver()
    city_side.give_back(returned)
    post.deliver()
    recalled = county.send(CITY)
    post.deliver()
    county.recall(recalled)
    post.deliver()
    assert post.said_again() == {
        "referral.sent": [True, True],
        "referral.returned": [True],
        "referral.recall": [True],
        "referral.recalled": [True],
    }


def test_a_file_that_was_destroyed_since_is_not_made_again(county: Side, city_side: Side) -> None:
    post = Post()
    with county.inside() as desk:
        matter = desk.handling(level=5)
        draft = sending.draft(
            matter_id=matter.pk,
            actor=desk.actor(Role.HANDLER),
            unit=CITY,
            reason="档案在市级。",
            requested="请协查。",
            files=[kept(county, matter, 1).pk],
        )
    county.send_draft(draft.pk)
    post.deliver()
    with county.inside():
        EvidenceContent.objects.all().delete()
    assert post.said_again()["referral.file"] == [False]


def test_every_kind_is_made_again_or_known_to_be_said_once(db: None) -> None:
    from bancheng.exchange.registry import _handlers

    between = {kind for kind in _handlers if kind.startswith("referral.")}
    from_the_office = {"referral.designated", "referral.redirect", "referral.urged"}
    made = {kind for kind in resync._remakers if kind.startswith("referral.")}
    assert between - made - from_the_office == SAID_ONCE | {"referral.consent_withdrawn"}
