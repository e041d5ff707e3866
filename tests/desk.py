"""The people of one centre and their usual acts, so that a test begins where it has something to say."""

from typing import Any
from uuid import UUID

from bancheng.catalogue.words import Channel, DeclineReason, Kind, Mode, Outcome, ReporterKind
from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from tenants.casework.actions import materials
from tenants.coordination import actions as coordination
from tenants.matters import actions
from tenants.matters.actions import ReporterDetails, Story
from tenants.matters.models import Matter
from tenants.referrals import sending
from tenants.referrals.models import Referral
from tenants.replies import actions as replies
from tests import schemas


def card(prefix: str = "130722", born: str = "19600307", serial: str = "123") -> str:
    """An invented card number with the right check digit (GB 11643)."""
    body = prefix + born + serial
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


REPORTER = ReporterDetails(
    kind=ReporterKind.PERSON,
    name="欧阳示例",
    identifier=card(),
    phone="13800001234",
    address="示例镇示例村1号",
)
STORY = Story(
    subject="遗属待遇多处询问未办成",
    narrative="示例：去过三处，均未给出办法。",
    kind=Kind.HARD,
    item_code="YL10",
)


class Desk:
    """A centre with one person for each role; departments SB and YB. Use inside `in_centre` of it."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        with in_centre(centre.code):
            for code, name in (("SB", "社保经办"), ("YB", "医保")):
                Department.objects.get_or_create(code=code, defaults={"name": name})
        self._staff: dict[str, Any] = {}

    def staff(self, role: str, department: str = "") -> Any:
        """The account of the role; department staff belong to SB unless named otherwise."""
        department = department or ("SB" if role in DEPARTMENT_ROLES else "")
        key = f"{role}{department}"
        if key not in self._staff:
            self._staff[key] = schemas.make_staff(self.centre, role, department)
        return self._staff[key]

    def actor(self, role: str, department: str = "") -> Actor:
        """The same person as actions know them."""
        person = self.staff(role, department)
        with in_centre(self.centre.code):
            return person.actor  # type: ignore[no-any-return]

    def registered(self, *, reporter: ReporterDetails = REPORTER, story: Story = STORY) -> Matter:
        return actions.register(actor=self.actor(Role.WINDOW_CLERK), reporter=reporter, story=story)

    def triaged(self, *, level: int = 3, mode: Mode = Mode.ROUTINE, **more: Any) -> Matter:
        return self.triage(self.registered(**more).pk, level=level, mode=mode)

    def triage(self, matter_id: UUID, *, level: int = 3, mode: Mode = Mode.ROUTINE) -> Matter:
        return actions.triage(
            matter_id=matter_id,
            actor=self.actor(Role.WINDOW_LEAD),
            kind=Kind.HARD,
            item_code="YL10",
            level=level,
            mode=mode,
            principal_cause="C06",
            other_causes=["C10"],
        )

    def accepted(self, **more: Any) -> Matter:
        return actions.accept(matter_id=self.triaged(**more).pk, actor=self.actor(Role.WINDOW_LEAD))

    def assigned(self, **more: Any) -> Matter:
        return self.assign(self.accepted(**more).pk)

    def assign(self, matter_id: UUID, *, department: str = "SB") -> Matter:
        return coordination.assign(
            matter_id=matter_id, actor=self.actor(Role.WINDOW_LEAD), department=department
        )

    def handling(self, **more: Any) -> Matter:
        return actions.sign(matter_id=self.assigned(**more).pk, actor=self.actor(Role.HANDLER))

    def awaiting_material(self, **more: Any) -> Matter:
        return self.ask_material(self.handling(**more).pk)

    def ask_material(self, matter_id: UUID, *names: str) -> Matter:
        return materials.ask_material(
            matter_id=matter_id, actor=self.actor(Role.HANDLER), names=names or ["死亡证明"]
        )

    def drafted(self, unit: str, **more: Any) -> Referral:
        """A referral to `unit`, not sent yet, of a new matter in handling."""
        return sending.draft(
            matter_id=self.handling(level=5, **more).pk,
            actor=self.actor(Role.HANDLER),
            unit=unit,
            reason="档案在市级。",
            requested="请协查并认定。",
        )

    def resolved(self, **more: Any) -> Matter:
        return self.resolve(self.handling(**more).pk)

    def resolve(self, matter_id: UUID) -> Matter:
        return actions.resolve(
            matter_id=matter_id,
            actor=self.actor(Role.HANDLER),
            outcome=Outcome.DONE,
            result="已核定并发放。",
            basis="示例依据",
        )

    def replied(self, **more: Any) -> Matter:
        return self.reply(self.resolved(**more).pk)

    def reply(self, matter_id: UUID) -> Matter:
        return replies.reply(
            matter_id=matter_id,
            actor=self.actor(Role.WINDOW_CLERK),
            text="您反映的事项已办成。",
            channel=Channel.PHONE,
            reached="本人",
        )

    def call_back(self, matter_id: UUID) -> Matter:
        return replies.call_back(
            matter_id=matter_id,
            actor=self.actor(Role.CALLER),
            reached=True,
            note="已到账。",
            solved=True,
            satisfied=True,
            trips_after=0,
        )

    def closed(self, **more: Any) -> Matter:
        return self.close(self.call_back(self.replied(**more).pk).pk)

    def declined(self) -> Matter:
        return actions.decline(
            matter_id=self.registered().pk,
            actor=self.actor(Role.WINDOW_LEAD),
            reason=DeclineReason.PETITION,
            explanation="已由信访渠道受理。",
            remedy="信访复查。",
        )

    def withdrawn(self) -> Matter:
        return actions.withdraw(
            matter_id=self.registered().pk,
            actor=self.actor(Role.WINDOW_LEAD),
            reason="已自行办成。",
            told_by="电话",
        )

    def close(self, matter_id: UUID) -> Matter:
        return actions.close(matter_id=matter_id, actor=self.actor(Role.WINDOW_LEAD), principal_cause="C06")
