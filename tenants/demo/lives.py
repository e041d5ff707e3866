"""How a matter of the invented year is lived through: the real actions, one after the other, at their times.

A life is a generator: it acts, then says when and where it goes on. Whoever runs it sets the clock and enters
the centre before going on; what would happen later than now has not happened yet, and stays open.
"""

from collections.abc import Generator
from datetime import date, datetime
from random import Random
from typing import NamedTuple
from uuid import UUID

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Channel, DeclineReason, Kind, Mode, Outcome, Purpose, Urgency
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import WorkingCalendar
from tenants.coordination import actions as coordination
from tenants.coordination.models import Purpose as SignPurpose
from tenants.demo import casework, endings, firsts, leaders, material
from tenants.demo.accounts import DEPARTMENTS
from tenants.demo.crew import Crew
from tenants.demo.pace import Pace
from tenants.demo.plan import CROSSING, Fate, Plan, Stand
from tenants.matters import actions, known
from tenants.matters.actions import Story
from tenants.matters.models import Matter


class Beat(NamedTuple):
    """When a life goes on, and in which centre."""

    at: datetime
    centre: str


Beats = Generator[Beat, None, None]

TOLD_AFTER = 4
"""Working days after which the reporter hears how it stands; five is what the house rule allows."""


class Life:
    """One matter's way through its centre, from the counter to wherever the plan leaves it."""

    def __init__(self, plan: Plan, crews: dict[str, Crew], calendar: WorkingCalendar) -> None:
        self.plan, self.crews = plan, crews
        self.rng = Random(plan.seed)  # noqa: S311  # the same life every time
        self.pace = Pace(self.rng, calendar)
        self.item = catalogue.item(plan.case.item)
        self.department = self.item.lead_department if self.item.lead_department in DEPARTMENTS else "SB"
        self.matter_id = UUID(int=0)
        self.supporting = ""
        self.level = self.days = 0
        self.lists_changed = 0
        """How often the checklist of its materials was changed."""
        self.escalated = self.supervised = False
        self.heard: datetime | None = None
        """When the reporter was told last; None while no word is owed."""

    def beats(self) -> Beats:
        """All of it, the words owed to the reporter included. Begin it at `plan.at`, in the plan's centre."""
        for beat in self._lived():
            yield from self._kept_informed(beat.at)
            yield beat
        yield from self._kept_informed(None)

    def _kept_informed(self, until: datetime | None) -> Beats:
        """Tell the reporter how it stands whenever a word falls due before `until`; without it, for ever."""
        while self.heard is not None:
            heard, today = clock.local(self.heard).date(), clock.today()
            if until is not None and self.pace.workday(heard, TOLD_AFTER + 1) >= until.date():
                return
            day = self.pace.workday(heard, TOLD_AFTER)
            moment = self.pace.on(day) if day > today else self.pace.soon(clock.now())
            if until is not None and moment >= until:
                return
            yield Beat(moment, self.plan.centre)
            self.contact(self.rng.choice(material.WORDS))

    def _lived(self) -> Beats:
        """What happens to it, one thing after the other."""
        plan = self.plan
        self._register()
        if plan.stand == Stand.REGISTERED:
            return
        yield self.soon()
        if plan.fate in (Fate.DECLINED, Fate.REVERSED):
            self._decline()
            if plan.fate == Fate.DECLINED:
                return
            yield self.after(1, 2)
            actions.reverse_decline(
                matter_id=self.matter_id,
                actor=self.who(Role.DIRECTOR),
                reason="材料显示属于本中心职责，撤销不予受理。",
            )
            yield self.soon()
        self._triage()
        if plan.fate == Fate.MERGED and (master := self._brought_before()):
            yield self.soon()
            self._merge(master)
            return
        firsts.looked_up(self)
        yield self.soon()
        self._accept()
        if self.rng.random() < 0.8:
            yield self.soon()
            self.contact()
        if plan.stand == Stand.ACCEPTED:
            return
        if plan.fate == Fate.WITHDRAWN:
            yield self.after(0, 1)
            self._withdraw()
            return
        yield from self._into_hands()
        if plan.stand == Stand.ASSIGNED:
            return
        yield from casework.in_hand(self)
        if plan.stand in (Stand.HANDLING, Stand.AWAITING):
            return
        yield from endings.of(self)

    # --- For the endings ---------------------------------------------------------------------------

    def who(self, role: Role, department: str = "", centre: str = "") -> Actor:
        """The person of this role here, or in the other centre."""
        return self.crews[centre or self.plan.centre].actor(role, department or self.department)

    def soon(self, centre: str = "") -> Beat:
        """Goes on within the hour or so; in another centre if named."""
        return Beat(self.pace.soon(clock.now()), centre or self.plan.centre)

    def after(self, at_least: int, at_most: int, centre: str = "") -> Beat:
        """Goes on after so many working days; what stands still today got there without delay."""
        if self.plan.stand is not None:
            at_least = at_most = 0
        return Beat(self.pace.after(clock.now(), at_least, at_most), centre or self.plan.centre)

    def on(self, day: date) -> Beat:
        """Goes on that day, or soon where it is not to come any more."""
        return Beat(self.pace.on(day), self.plan.centre) if day > clock.today() else self.soon()

    def contact(self, text: str = "") -> None:
        actions.contact(
            matter_id=self.matter_id,
            actor=self.who(Role.WINDOW_CLERK),
            channel=Channel.PHONE,
            reached=True,
            text=text or self.rng.choice(material.CONTACTS),
        )
        if self.heard is not None:
            self.heard = clock.now()

    def progress(self, text: str = "") -> None:
        actions.progress(
            matter_id=self.matter_id,
            actor=self.who(Role.HANDLER),
            text=text or self.rng.choice(material.PROGRESS),
        )

    @property
    def basis(self) -> str:
        """The document that an answer rests on."""
        return material.BASES.get(self.item.scheme, material.DEFAULT_BASIS)

    # --- From the counter to the department's hands ------------------------------------------------

    def _register(self) -> None:
        plan, case, rng = self.plan, self.plan.case, self.rng
        clerk = self.who(Role.WINDOW_CLERK)
        months = rng.choice((0, 1, 1, 2, 3, 4, 6, 9, 14))
        channel = rng.choices(
            (Channel.COUNTER, Channel.PHONE, Channel.HOTLINE, Channel.ONLINE, Channel.VISIT),
            weights=(70, 14, 8, 5, 3),
        )[0]
        consultation = self._consult(clerk) if channel == Channel.COUNTER and rng.random() < 0.12 else None
        matter = actions.register(
            actor=clerk,
            reporter=plan.reporter,
            story=Story(
                subject=case.subject,
                narrative=case.narrative,
                kind=case.kind,
                item_code=case.item,
                channel=channel,
                purpose=Purpose.COMPLAINT if "C18" in case.causes else Purpose.REQUEST,
                urgency=rng.choice((Urgency.PRESSING, Urgency.CRITICAL))
                if case.kind == Kind.URGENT
                else Urgency.ORDINARY,
                sensitive=case.item in casework.UNSEEN and rng.random() < 0.3,
                trips_before=rng.choice((1, 2, 2, 3, 3, 4, 5, 7)),
                months_before=months,
                attempts=material.attempts(rng, plan.at.date(), months),
            ),
            consultation_id=consultation,
        )
        self.matter_id = matter.pk

    def _consult(self, clerk: Actor) -> UUID:
        case, reporter = self.plan.case, self.plan.reporter
        return actions.record_consultation(
            actor=clerk,
            item_code=case.item,
            subject=case.subject,
            question=case.narrative,
            answer="当场不能答复清楚，转为反映件办理。",
            reporter_kind=reporter.kind,
            name=reporter.name,
            phone=reporter.phone,
        ).pk

    def _triage(self) -> None:
        case = self.plan.case
        principal, *others = case.causes
        self.level = self.plan.level or self._level()
        actions.triage(
            matter_id=self.matter_id,
            actor=self.who(Role.WINDOW_LEAD),
            kind=case.kind,
            item_code=case.item,
            level=self.level,
            mode=self._mode(),
            principal_cause=principal,
            other_causes=others,
            first_of_kind=case.kind == Kind.NOVEL,
        )

    def _accept(self) -> None:
        accepted = actions.accept(matter_id=self.matter_id, actor=self.who(Role.WINDOW_LEAD))
        self.days, self.heard = accepted.handling_days or 1, clock.now()

    def _level(self) -> int:
        causes = set(self.plan.case.causes)
        if self.plan.fate in CROSSING or self.plan.fate == Fate.LETTER:
            return 5
        if causes & {"C01", "C10", "C11", "C06"}:
            return 4
        if causes & {"C05", "C04", "C12"}:
            return 3
        return self.rng.choices((1, 2, 3), weights=(15, 50, 35))[0]

    def _mode(self) -> Mode:
        case = self.plan.case
        if self.plan.fate == Fate.SPECIAL:
            return Mode.SPECIAL
        if case.kind == Kind.URGENT:
            return Mode.EXPEDITE if self.rng.random() < 0.6 else Mode.ROUTINE
        return Mode.COORDINATE if "C05" in case.causes and self.rng.random() < 0.5 else Mode.ROUTINE

    def _decline(self) -> None:
        reason, why, remedy = self.rng.choice(
            (
                (
                    DeclineReason.LITIGATION,
                    "此事已由劳动人事争议仲裁机构受理。",
                    "请等待裁决；对裁决不服可依法起诉。",
                ),
                (
                    DeclineReason.NOT_OURS,
                    "所反映事项不属于社会保障经办职责范围。",
                    "请向主管部门提出，已当面告知地址和电话。",
                ),
                (DeclineReason.DUPLICATE, "同一事项已在办理，没有新的情况。", "可凭原编号查询进展。"),
            )
        )
        actions.decline(
            matter_id=self.matter_id,
            actor=self.who(Role.WINDOW_LEAD),
            reason=reason,
            explanation=why,
            remedy=remedy,
        )

    def _withdraw(self) -> None:
        actions.withdraw(
            matter_id=self.matter_id,
            actor=self.who(Role.WINDOW_CLERK),
            reason="反映人称已由单位办妥，不再需要办理。",
            told_by="电话",
        )
        self.heard = None

    def _brought_before(self) -> UUID | None:
        """The matter of the same item that somebody brought just before, while it is open."""
        matter = Matter.objects.select_related("reporter").get(pk=self.matter_id)
        found = known.to_merge_into(matter, self.who(Role.WINDOW_LEAD))
        return found[0].pk if found else None

    def _merge(self, master: UUID) -> None:
        actions.merge(
            matter_id=self.matter_id,
            actor=self.who(Role.WINDOW_LEAD),
            into=master,
            reason="与在办的一件为同一事项、同一原因，合并办理，两位反映人都答复。",
        )

    def _into_hands(self) -> Beats:
        returns = {Fate.RETURNED: 1, Fate.DESIGNATED: 2}.get(self.plan.fate, 0)
        for turn in range(returns):
            yield self.soon()
            self._assign(Role.WINDOW_LEAD)
            yield self.after(0, 1)
            coordination.return_to_window(
                matter_id=self.matter_id,
                actor=self.who(Role.DEPARTMENT_HEAD),
                reason="核心环节不在本部门，本部门无权更正相关数据。"
                if turn == 0
                else "复核后仍认为应由主管部门牵头。",
                basis="部门职责分工规定",
                suggested="人社" if self.department != "RS" else "社保经办",
            )
            if self.plan.fate == Fate.RETURNED:
                self.department = "RS" if self.department != "RS" else "SB"
        slack = 0 if self.level == 1 else 1
        yield self.after(0, slack)
        self._assign(Role.DIRECTOR if returns == 2 else Role.WINDOW_LEAD)
        if self.plan.stand == Stand.ASSIGNED:
            return
        yield self.after(0, slack)
        actions.sign(matter_id=self.matter_id, actor=self.who(Role.HANDLER))
        yield from self._supported()

    def _supported(self) -> Beats:
        """The supporting department signs for its part and answers it; of those in hand today, not yet."""
        if not self.supporting:
            return
        yield self.soon()
        helper = self.who(Role.HANDLER, self.supporting)
        coordination.sign_support(matter_id=self.matter_id, actor=helper)
        if self.plan.stand == Stand.HANDLING:
            return
        yield self.after(0, 1)
        coordination.answer_support(
            matter_id=self.matter_id,
            actor=helper,
            answer="已核对本部门数据，记录完整，可以办理。",
            basis="本部门业务系统记录",
        )
        if self.plan.case.goes_round and self.plan.stand is None:
            yield from leaders.in_a_circle(self)

    def _assign(self, role: Role) -> Matter:
        causes = self.plan.case.causes
        other = "YB" if self.plan.case.item in ("YL06", "LH02", "JG02") else "SW"
        self.supporting = other if "C05" in causes and other != self.department else ""
        return coordination.assign(
            matter_id=self.matter_id,
            actor=self.who(role),
            department=self.department,
            supporting=[self.supporting] if self.supporting else [],
            instruction=self.rng.choice(material.INSTRUCTIONS),
        )

    # --- Signatures --------------------------------------------------------------------------------

    def ask_signatures(self, purpose: SignPurpose, basis: str, risk: str, precedent: str) -> None:
        coordination.request_signoff(
            matter_id=self.matter_id,
            actor=self.who(Role.HANDLER),
            purpose=purpose,
            basis=basis,
            risk=risk,
            precedent=precedent,
        )

    def signed_by(self, role: Role) -> None:
        coordination.sign_off(matter_id=self.matter_id, actor=self.who(role), opinion="同意。")

    def resolve(self, outcome: Outcome, result: str) -> None:
        """Report the result; where money was paid, with its evidence."""
        paid = outcome == Outcome.DONE and any(word in result for word in ("到账", "发放", "补发", "支付"))
        actions.resolve(
            matter_id=self.matter_id,
            actor=self.who(Role.HANDLER),
            outcome=outcome,
            result=result,
            basis=self.basis,
            **endings.evidence(self.rng) if paid else {},
        )
