"""The acts that a driver does in one centre, each the real action of the person whose part it is."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from bancheng.catalogue.words import Kind, Mode, Outcome
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.coordination import actions as coordination
from tenants.demo import invented
from tenants.demo.crew import Crew
from tenants.matters import actions as matters
from tenants.matters.actions import Story
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.referrals import following, receiving, sending
from tenants.referrals.models import Referral

DEPARTMENT, ITEM = "SB", "YL10"


@dataclass(frozen=True)
class Desk:
    """A centre's people. Each method is an act or two, of a transaction each; call it inside the centre."""

    centre: str
    crew: Crew

    @property
    def lead(self) -> Actor:
        return self.crew.actor(Role.WINDOW_LEAD)

    @property
    def handler(self) -> Actor:
        return self.crew.actor(Role.HANDLER, DEPARTMENT)

    def open_matter(self, rng: Random) -> Matter:
        """A new matter of an invented person, in handling: it can be referred."""
        area = "130702" if self.centre.endswith("00") else self.centre
        matter = matters.register(
            actor=self.crew.actor(Role.WINDOW_CLERK),
            reporter=invented.reporter(rng, area=area, today=clock.today(), item=ITEM),
            story=Story(
                subject="待遇资格材料须由其他单位协查",
                narrative="示例：材料在其他单位，本人去过两处。",
                kind=Kind.HARD,
                item_code=ITEM,
            ),
        )
        matters.triage(
            matter_id=matter.pk,
            actor=self.lead,
            kind=Kind.HARD,
            item_code=ITEM,
            level=5,
            mode=Mode.ROUTINE,
            principal_cause="C06",
            other_causes=[],
        )
        matters.accept(matter_id=matter.pk, actor=self.lead)
        return self.take_in_hand(matter.pk)

    def take_in_hand(self, matter_id: UUID) -> Matter:
        """Bring an accepted matter to its department; also when it got half-way before."""
        if Matter.objects.get(pk=matter_id).state == State.ACCEPTED:
            coordination.assign(matter_id=matter_id, actor=self.lead, department=DEPARTMENT)
        return matters.sign(matter_id=matter_id, actor=self.handler)

    def draft(self, matter_id: UUID, unit: str) -> Referral:
        return sending.draft(
            matter_id=matter_id,
            actor=self.lead,
            unit=unit,
            reason="材料在贵单位。",
            requested="请协查并认定。",
        )

    def send(self, referral_id: UUID) -> Referral:
        return sending.send(referral_id=referral_id, actor=self.lead)

    def recall(self, referral_id: UUID) -> None:
        following.recall(referral_id=referral_id, actor=self.lead, reason="反映人已自行补齐材料。")

    def give_material(self, referral_id: UUID) -> None:
        following.give_material(referral_id=referral_id, actor=self.lead, given="原件已核对，情况属实。")

    def chase(self, referral_id: UUID) -> None:
        following.chase(referral_id=referral_id, actor=self.lead, text="请尽快反馈。")

    def appeal(self, referral_id: UUID) -> None:
        following.appeal(referral_id=referral_id, actor=self.lead, reason="职责在对方，请指定承办单位。")

    def confirm(self, referral_id: UUID) -> None:
        sending.confirm(referral_id=referral_id, actor=self.lead)

    def sign(self, referral_id: UUID) -> None:
        receiving.sign(referral_id=referral_id, actor=self.lead)

    def give_back(self, referral_id: UUID) -> None:
        receiving.give_back(
            referral_id=referral_id,
            actor=self.lead,
            reason="不属本单位职责。",
            basis="属地认定",
            ground="territory",
        )

    def ask(self, referral_id: UUID) -> None:
        due_on = clock.today() + timedelta(days=7)
        receiving.ask(referral_id=referral_id, actor=self.lead, items="原始凭证一份", due_on=due_on)

    def report(self, referral_id: UUID) -> None:
        receiving.report(referral_id=referral_id, actor=self.lead, text="已受理，正在核查。")

    def resolve(self, matter_id: UUID) -> None:
        matters.resolve(
            matter_id=matter_id,
            actor=self.handler,
            outcome=Outcome.DONE,
            result="已认定。",
            basis="示例依据",
        )

    def answer(self, referral_id: UUID) -> None:
        receiving.answer(referral_id=referral_id, actor=self.lead, text="已认定，可以办理。")
