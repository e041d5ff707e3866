"""From the department's hands to the end of an invented matter: signed, referred, resolved, closed."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bancheng.catalogue.words import Channel, Outcome
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tenants.coordination import actions as coordination
from tenants.coordination.models import Purpose
from tenants.demo import afterwards, leaders, material
from tenants.demo.plan import CROSSING, Fate, Stand
from tenants.matters import actions, known
from tenants.referrals import by_letter, receiving, sending
from tenants.referrals.models import Referral
from tenants.replies import actions as replies

if TYPE_CHECKING:
    from tenants.demo.lives import Beats, Life

NO_GROUND = "经核对政策和本人情况，现行规定没有办理依据，已当面释明并书面告知救济途径。"
OUTCOMES: dict[Fate, tuple[Outcome, str]] = {
    Fate.PARTLY: (Outcome.PARTLY, "已办结其中可以办理的部分，其余待外地复函后另行告知。"),
    Fate.STATUTORY: (Outcome.STATUTORY, "争议须经仲裁确认，已协助提交仲裁申请并移送材料。"),
    Fate.NEGATIVE: (Outcome.REFUSED, NO_GROUND),
}
"""How a matter ends that is not simply done, and in which words."""


def of(life: Life) -> Beats:
    """From 办理中 on, as the plan's fate wants it."""
    fate, stand = life.plan.fate, life.plan.stand
    if fate == Fate.SPECIAL:
        yield from _special(life)
        if stand == Stand.SIGNOFF:
            return
    if fate == Fate.LETTER:
        yield from _by_letter(life)
    elif fate in CROSSING:
        yield from _to_a_centre(life)
    else:
        yield from _handled(life)
    if stand in (Stand.DRAFTED, Stand.SENT, Stand.SIGNED, Stand.ANSWERED):
        return
    if fate == Fate.NEGATIVE:
        life.ask_signatures(
            Purpose.NEGATIVE,
            "现行规定没有办理依据",
            "反映人可能不接受，须当面释明并告知救济途径",
            "已查本市先例，同类情形均依法不予办理。",
        )
        yield life.after(0, 1)
        life.signed_by(Role.DEPUTY)
        yield life.soon()
    yield from _told(life)
    if fate == Fate.REOPENED and stand is None:
        yield life.after(2, 12)
        life.heard = clock.now()
        actions.reopen(
            matter_id=life.matter_id,
            actor=life.who(Role.WINDOW_LEAD),
            reason="反映人来电称当月又未到账，重新办理。",
        )
        yield life.after(1, 3)
        life.progress("查明为发放批次延迟，已补发。")
        yield life.soon()
        yield from _told(life)
    if stand is None:
        yield from afterwards.closed(life, OUTCOMES.get(fate, (Outcome.DONE, ""))[0])


def evidence(rng: Random) -> dict[str, Any]:
    """A payment of today, to an invented account."""
    return {
        "paid_on": clock.today(),
        "paid_amount": Decimal(rng.randrange(30_000, 4_800_000)) / 100,
        "paid_tail": f"{rng.randrange(10_000):04d}",
    }


def _special(life: Life) -> Beats:
    yield life.soon()
    life.ask_signatures(
        Purpose.SPECIAL,
        "常规流程无对应环节，依据经办条例关于便民办理的规定",
        "材料真实性由部门核查承担，事后补档；如核查不符，停止办理并追回",
        "已查，本市无相同先例。",
    )
    if life.plan.stand == Stand.SIGNOFF:
        yield life.soon()
        life.signed_by(Role.WINDOW_LEAD)
        return
    yield life.after(0, 1)
    life.signed_by(Role.WINDOW_LEAD)
    yield life.after(0, 1)
    life.signed_by(Role.DIRECTOR)
    yield from leaders.led_from_above(life)
    yield life.soon()


def _handled(life: Life) -> Beats:
    """Within the term, or after it where the fate is to be late."""
    if life.plan.stand is not None:
        yield life.soon()
        return
    left = max(life.days - 3, 0)
    for _ in range(life.rng.choice((0, 0, 1))):
        step = life.rng.randint(0, left // 2)
        left -= step
        yield life.after(step, step)
        life.progress()
    if life.plan.fate == Fate.LATE:
        yield from leaders.late(life)
    else:
        yield life.after(0, left)


def _told(life: Life) -> Beats:
    """Resolved, replied, called back, graded, closed."""
    outcome, words = OUTCOMES.get(life.plan.fate, (Outcome.DONE, life.plan.case.answer))
    life.resolve(outcome, words)
    if life.plan.stand == Stand.RESOLVED:
        return
    yield from leaders.lift(life)
    yield life.after(0, 1)
    replies.reply(
        matter_id=life.matter_id,
        actor=life.who(Role.WINDOW_CLERK),
        text=f"您反映的事项：{words}依据{life.basis}。{material.NEXT_STEPS}",
        channel=_way_back(life),
        reached="本人" if life.plan.reporter.capacity == "self" else "代办人",
        others=[
            replies.Told(number=other.number, channel=Channel.COUNTER, reached="本人")
            for other in known.merged_into(life.matter_id)
        ],
    )
    life.heard = None
    if life.plan.stand == Stand.REPLIED:
        return
    if life.plan.fate == Fate.UNREACHED:
        for _ in range(3):
            yield life.after(1, 1)
            replies.call_back(
                matter_id=life.matter_id, actor=life.who(Role.CALLER), reached=False, note="电话无人接听。"
            )
    else:
        yield life.after(1, 3)
        _called_back(life, outcome)
    yield from afterwards.graded(life, outcome)
    yield from afterwards.visited(life)
    yield life.after(0, 2)
    principal, *others = life.plan.case.causes
    actions.close(
        matter_id=life.matter_id,
        actor=life.who(Role.WINDOW_LEAD),
        principal_cause=principal,
        other_causes=others,
    )


def _way_back(life: Life) -> Channel:
    """By telephone as a rule; at the counter where the reporter left none."""
    way = life.rng.choice((Channel.PHONE, Channel.PHONE, Channel.COUNTER, Channel.LETTER))
    return way if life.plan.reporter.phone or way == Channel.LETTER else Channel.COUNTER


def _called_back(life: Life, outcome: Outcome) -> None:
    solved = outcome in (Outcome.DONE, Outcome.PARTLY)
    satisfied = life.rng.random() < (0.95 if solved else 0.6)
    replies.call_back(
        matter_id=life.matter_id,
        actor=life.who(Role.CALLER),
        reached=True,
        solved=solved,
        satisfied=satisfied,
        trips_after=life.rng.choices((0, 1, 2), weights=(82, 15, 3))[0],
        blocked_again=False,
        note=life.rng.choice(material.CALLBACKS if satisfied and solved else material.UNHAPPY),
    )


# --- To another unit ---------------------------------------------------------------------------------


def _by_letter(life: Life) -> Beats:
    yield life.after(0, 1)
    referral = _draft(life, "参保关系在省级经办机构，本中心无权核定。", "请协助核定并书面函复。")
    yield life.soon()
    sending.send(referral_id=referral, actor=life.who(Role.WINDOW_LEAD))
    for way, person, content, signed in (
        ("call", "综合科值班人员", "确认收函地址和联系人。", False),
        ("letter", "业务科", "来函已签收，正在核对缴费记录。", True),
        ("call", "业务科", "催问进展，答复已提交审核。", False),
    ):
        yield life.after(1, 2)
        _log(life, referral, way, person, content, signed)
        if life.plan.stand == Stand.SENT and signed:
            return
    yield life.after(2, 4)
    by_letter.record_answer(
        referral_id=referral,
        actor=life.who(Role.WINDOW_CLERK),
        outcome=Outcome.DONE,
        number="无",
        dated=clock.today(),
        answer="经核对予以办理，已转财务支付或更正。",
        unscanned="对方以电话告知，复函随后寄来。",
    )
    yield life.soon()
    sending.confirm(referral_id=referral, actor=life.who(Role.WINDOW_LEAD))
    yield life.soon()


def _log(life: Life, referral: UUID, way: str, person: str, content: str, signed: bool) -> None:
    by_letter.log_contact(
        referral_id=referral,
        actor=life.who(Role.WINDOW_CLERK),
        way=way,
        person=person,
        content=content,
        signed_for=signed,
    )


def _to_a_centre(life: Life) -> Beats:
    """Home → away → home; what arrives is delivered between the beats."""
    away, stand = life.plan.unit, life.plan.stand
    yield life.after(0, 1)
    referral = _draft(life, "关键业务数据和核定权限在对方中心。", "请核对并办理，反馈结果和依据。")
    if stand == Stand.DRAFTED:
        return
    yield life.soon()
    sending.send(referral_id=referral, actor=life.who(Role.WINDOW_LEAD))
    if stand == Stand.SENT:
        return
    yield life.after(0, 1, away)
    if life.plan.fate == Fate.GIVEN_BACK:
        receiving.give_back(
            referral_id=referral,
            actor=life.who(Role.WINDOW_LEAD, centre=away),
            reason="参保关系不在本中心。",
            basis="属地经办的有关规定",
            suggested="首接中心",
        )
        yield life.after(1, 3)
        life.progress("对方退回后重新核对，改由本中心直接办理。")
        yield life.soon()
        return
    yield from _away(life, referral, away)
    if stand in (Stand.SIGNED, Stand.ANSWERED):
        return
    yield life.after(0, 1)
    sending.confirm(referral_id=referral, actor=life.who(Role.WINDOW_LEAD))
    yield life.soon()


def _away(life: Life, referral: UUID, away: str) -> Beats:
    """The other centre's part, under a number of its own."""
    lead = life.who(Role.WINDOW_LEAD, centre=away)
    receiving.sign(referral_id=referral, actor=lead)
    matter_id = Referral.objects.values_list("matter_id", flat=True).get(pk=referral)
    if matter_id is None:
        raise RuntimeError(f"referral {referral} was signed for without a matter")
    yield life.soon(away)
    coordination.assign(matter_id=matter_id, actor=lead, department=life.department)
    yield life.after(0, 1, away)
    handler = life.who(Role.HANDLER, centre=away)
    actions.sign(matter_id=matter_id, actor=handler)
    if life.plan.stand == Stand.SIGNED:
        return
    yield life.after(1, 6, away)
    actions.progress(matter_id=matter_id, actor=handler, text=life.rng.choice(material.PROGRESS))
    yield life.after(0, 3, away)
    actions.resolve(
        matter_id=matter_id,
        actor=handler,
        outcome=Outcome.DONE,
        result=life.plan.case.answer,
        basis=life.basis,
    )
    yield life.soon(away)
    receiving.answer(referral_id=referral, actor=lead, text=f"{life.plan.case.answer}依据{life.basis}。")


def _draft(life: Life, reason: str, requested: str) -> UUID:
    return sending.draft(
        matter_id=life.matter_id,
        actor=life.who(Role.HANDLER),
        unit=life.plan.unit,
        reason=reason,
        requested=requested,
    ).pk
