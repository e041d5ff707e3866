"""Two centres and the office between which a case goes: each act by the right person, in the right schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch, outbox
from bancheng.exchange.models import Message
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.matters import actions
from tenants.matters.models import Event, Matter
from tenants.referrals import following, receiving, sending
from tenants.referrals.models import Direction, Ground, Referral
from tests.desk import Desk

OFFICE = "130700-office"
LEAD, HANDLER = Role.WINDOW_LEAD, Role.HANDLER


class Side:
    """One centre's people and what they do to a referral, by its id."""

    def __init__(self, centre: Centre) -> None:
        self.centre, self.code = centre, str(centre.code)
        self.desk = Desk(centre)

    @contextmanager
    def inside(self) -> Iterator[Desk]:
        with in_centre(self.code):
            yield self.desk

    def row(self, referral_id: UUID) -> Referral:
        """The referral as it stands here."""
        with self.inside():
            return Referral.objects.select_related("matter__department").get(pk=referral_id)

    def matter(self, referral_id: UUID) -> Matter:
        """The matter that is referred, or that came of it."""
        found = self.row(referral_id).matter
        assert found is not None
        return found

    def acts(self, referral_id: UUID) -> list[str]:
        """What its timeline lists, oldest first."""
        with self.inside():
            return list(self.matter(referral_id).events.order_by("seq").values_list("act", flat=True))

    def last(self, referral_id: UUID) -> Event:
        """The newest event of its timeline."""
        with self.inside():
            return self.matter(referral_id).events.order_by("-seq")[0]

    # As home

    def send(self, unit: str, **more: Any) -> UUID:
        """A new matter in handling, referred to `unit`."""
        with self.inside() as desk:
            return self.send_draft(desk.drafted(unit, **more).pk)

    def send_draft(self, referral_id: UUID) -> UUID:
        with self.inside() as desk:
            return sending.send(referral_id=referral_id, actor=desk.actor(LEAD)).pk

    def send_again(self, referral_id: UUID, unit: str) -> UUID:
        """The same matter once more."""
        with self.inside() as desk:
            draft = sending.draft(
                matter_id=self.matter(referral_id).pk,
                actor=desk.actor(LEAD),
                unit=unit,
                reason="示例理由",
                requested="示例请求",
            )
            return self.send_draft(draft.pk)

    def refer_on(self, referral_id: UUID, unit: str) -> UUID:
        """The matter that came of a referral is handled here, and goes on to `unit`."""
        self.take_up(referral_id)
        return self.send_again(referral_id, unit)

    def recall(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            following.recall(referral_id=referral_id, actor=desk.actor(LEAD), reason="反映人另有办法。")

    def give_material(self, referral_id: UUID, **more: Any) -> None:
        with self.inside() as desk:
            actor = desk.actor(Role.WINDOW_CLERK)
            following.give_material(referral_id=referral_id, actor=actor, given="已补齐。", **more)

    def chase(self, referral_id: UUID, text: str = "") -> None:
        with self.inside() as desk:
            following.chase(referral_id=referral_id, actor=desk.actor(LEAD), text=text)

    def escalate(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            following.escalate(referral_id=referral_id, actor=desk.actor(LEAD), reason="对方迟迟不办。")

    def appeal(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            following.appeal(referral_id=referral_id, actor=desk.actor(LEAD), reason="档案在对方。")

    def confirm(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            sending.confirm(referral_id=referral_id, actor=desk.actor(LEAD))

    # As receiver

    def sign(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            receiving.sign(referral_id=referral_id, actor=desk.actor(LEAD))

    def give_back(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            receiving.give_back(
                referral_id=referral_id,
                actor=desk.actor(LEAD),
                ground=Ground.TERRITORY,
                reason="不属本级",
                basis="属地认定",
                suggested="示例县",
                suggested_unit="130722",
            )

    def take_up(self, referral_id: UUID) -> None:
        """Our own matter is assigned and signed for by the department."""
        with self.inside() as desk:
            matter = desk.assign(self.matter(referral_id).pk)
            actions.sign(matter_id=matter.pk, actor=desk.actor(HANDLER))

    def ask(self, referral_id: UUID, due_on: date | None = None) -> None:
        with self.inside() as desk:
            receiving.ask(
                referral_id=referral_id,
                actor=desk.actor(LEAD),
                items="档案复印件",
                due_on=due_on or clock.today(),
            )

    def report(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            receiving.report(referral_id=referral_id, actor=desk.actor(LEAD), text="正在核对工龄。")

    def resolve(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            desk.resolve(self.matter(referral_id).pk)

    def answer(self, referral_id: UUID) -> None:
        with self.inside() as desk:
            receiving.answer(referral_id=referral_id, actor=desk.actor(LEAD), text="已认定。")

    def finish(self, referral_id: UUID) -> None:
        """Sign, handle and answer."""
        self.sign(referral_id)
        self.take_up(referral_id)
        self.resolve(referral_id)
        self.answer(referral_id)


def deliver() -> None:
    """Everything that was posted arrives, and what it causes too."""
    dispatch.run_due()


def decide(kind: str, referral_id: UUID, home: str, **body: str) -> None:
    """The coordinator's word leaves the office: designated, redirect or urged."""
    with in_centre(OFFICE), transaction.atomic():
        outbox.post(
            case_id=referral_id,
            source=OFFICE,
            target=home,
            kind=f"referral.{kind}",
            header={"referral_id": str(referral_id)},
            body={"reason": "按属地办理。"} | body,
        )


def hold_back(kind: str) -> None:
    """What was posted of this kind stays on its way until `let_go`."""
    rows = Message.objects.filter(kind=f"referral.{kind}", state=Message.State.PENDING)
    rows.update(due_at=Now() + timedelta(hours=1))


def let_go() -> None:
    """Nothing is held back any more."""
    Message.objects.update(due_at=Now())


def newest_of(side: Side, referral_id: UUID) -> Referral:
    """The referral that last left for the matter of this one."""
    with side.inside():
        sent = Referral.objects.filter(matter=side.row(referral_id).matter_id, direction=Direction.SENT)
        return sent.order_by("-created_at", "-id")[0]
