"""What may be done to a referral, on which side, from where to where, and if: one page, like the matter's.

Who may do what stands in `bancheng.identity.permissions`, under the name given here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed, require
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.timekeeping import clock
from tenants.matters import workflow as matters
from tenants.matters.states import RUNNING
from tenants.referrals.models import UNDER_WAY, Counterpart, Direction, Referral, State

Guard = Callable[[Referral, Actor], str | None]
"""Why not, in one sentence for the person who asks; None when nothing stands in the way."""


# --- Guards ------------------------------------------------------------------------------------------


def in_own_hands(referral: Referral, actor: Actor) -> str | None:
    """For the window, whoever they are; a department's people only where the matter is theirs."""
    if referral.matter is None or not actor.roles <= DEPARTMENT_ROLES:
        return None
    return matters.own_department(referral.matter, actor)


def not_given_back_before(referral: Referral, actor: Actor) -> str | None:
    """A unit gives the same matter back once; what the coordinator designated stays (house rule)."""
    if referral.designated_at is not None:
        return "此件由市级协调员指定本中心承办，不能退回，请签收办理。"
    if referral.round > 1:
        return (
            f"此件本中心已退回过一次，不能再次退回。请签收办理；仍有异议的，"
            f"请{referral.unit_name}提请市级协调员指定承办单位。"
        )
    return None


def not_chased_today(referral: Referral, actor: Actor) -> str | None:
    if referral.chased_at is None or clock.local(referral.chased_at).date() < clock.today():
        return None
    return "今天已经催办过，请等对方回音，或“提请协调”。"


def not_escalated(referral: Referral, actor: Actor) -> str | None:
    return "此件已提请市级协调员协调，请等待处理。" if referral.escalated_at else None


def not_appealed(referral: Referral, actor: Actor) -> str | None:
    if referral.appealed_at is None:
        return None
    if referral.designated_at is not None:
        return "此次提请，市级协调员已经处理。"
    return "此件已提请市级协调员指定承办单位，请等待处理。"


def still_ours_to_refer(referral: Referral, actor: Actor) -> str | None:
    """The matter must not have gone on by another way since it was given back."""
    matter = referral.matter
    if matter is None or matter.state not in matters.TRANSITIONS["refer"].sources:
        return "反映件已不在办理中，不必再提请指定承办单位。"
    if matter.referrals.filter(direction=Direction.SENT, state__in=UNDER_WAY).exists():
        return "此件已另行转办，不必再提请指定承办单位。"
    return None


def at_work(referral: Referral, actor: Actor) -> str | None:
    if referral.matter is not None and referral.matter.state in RUNNING:
        return None
    return "本中心反映件已经办理完毕，不能再要求补正。"


def resolved(referral: Referral, actor: Actor) -> str | None:
    if referral.matter is not None and referral.matter.state in matters.TRANSITIONS["answer"].sources:
        return None
    return "本中心反映件还没有办结上报，不能办结反馈；可以先“反馈进展”。"


_WHO = frozenset({in_own_hands})
"""Guards that speak of the person, not of the referral: their refusal is NotAllowed."""


# --- The table ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One act on a referral. `target` None leaves the state; `letter` None is for both ways of sending."""

    name: str
    label: str
    side: Direction
    sources: tuple[State, ...]
    target: State | None
    permission: str
    letter: bool | None = None
    final: bool = False
    guards: tuple[Guard, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        return PERMISSIONS[self.permission]

    def fits(self, referral: Referral) -> bool:
        """Whether the act belongs to this side, this way of sending and this state."""
        way = self.letter is None or self.letter == (referral.counterpart == Counterpart.LETTER)
        return way and referral.direction == self.side and referral.state in self.sources


SENT, RECEIVED, S = Direction.SENT, Direction.RECEIVED, State
_OUT = (S.SENT, S.SIGNED)
_TABLE = (
    # The home centre, answerable to the reporter to the end
    Step("revise", "修改草稿", SENT, (S.DRAFT,), None, "referral.draft"),
    Step("send", "审核送出", SENT, (S.DRAFT,), S.SENT, "referral.send", final=True),
    Step("discard", "作废草稿", SENT, (S.DRAFT,), None, "referral.draft", final=True),
    Step("recall", "撤回", SENT, (S.SENT,), S.RECALLING, "referral.recall", letter=False, final=True),
    Step("recall_letter", "撤回函件", SENT, _OUT, S.RECALLED, "referral.recall", letter=True, final=True),
    Step(
        "give_material",
        "补正材料",
        SENT,
        (S.ASKED,),
        S.SIGNED,
        "referral.give_material",
        letter=False,
        guards=(in_own_hands,),
    ),
    Step("chase", "催办", SENT, _OUT, None, "referral.chase", guards=(not_chased_today,)),
    Step(
        "escalate",
        "提请协调",
        SENT,
        (*_OUT, S.ASKED),
        None,
        "referral.escalate",
        guards=(not_escalated,),
    ),
    Step(
        "appeal",
        "提请指定",
        SENT,
        (S.RETURNED,),
        None,
        "referral.appeal",
        letter=False,
        guards=(not_appealed, still_ours_to_refer),
    ),
    Step("log_contact", "记联系情况", SENT, _OUT, None, "referral.log_contact", letter=True),
    Step("record_answer", "登记复函", SENT, _OUT, S.ANSWERED, "referral.log_contact", letter=True),
    Step("record_return", "登记退函", SENT, _OUT, S.RETURNED, "referral.log_contact", letter=True),
    Step("confirm", "确认反馈", SENT, (S.ANSWERED,), S.CONFIRMED, "referral.confirm", final=True),
    # The receiving centre
    Step("sign", "签收", RECEIVED, (S.SENT,), S.SIGNED, "referral.sign"),
    Step(
        "give_back",
        "退回",
        RECEIVED,
        (S.SENT,),
        S.RETURNED,
        "referral.return",
        final=True,
        guards=(not_given_back_before,),
    ),
    Step("ask", "要求补正", RECEIVED, (S.SIGNED,), S.ASKED, "referral.ask", guards=(in_own_hands, at_work)),
    Step(
        "report",
        "反馈进展",
        RECEIVED,
        (S.SIGNED, S.ASKED),
        None,
        "referral.report",
        guards=(in_own_hands,),
    ),
    Step(
        "answer",
        "办结反馈",
        RECEIVED,
        (S.SIGNED,),
        S.ANSWERED,
        "referral.answer",
        final=True,
        guards=(resolved,),
    ),
)
STEPS: dict[str, Step] = {step.name: step for step in _TABLE}


# --- Enforcement -------------------------------------------------------------------------------------


def check(referral: Referral, actor: Actor, name: str) -> Step:
    """Return the step, or raise NotAllowed (who) or Conflict (not on this side, this state, or a guard)."""
    step = STEPS[name]
    require(actor, step.permission)
    if not step.fits(referral):
        raise Conflict(
            f"这件转办现在是“{State(referral.state).label}”，不能“{step.label}”；可能刚刚有人办理过，请刷新页面。",
            code="wrong_state",
        )
    for guard in step.guards:
        if why := guard(referral, actor):
            if guard in _WHO:
                raise NotAllowed(why)
            raise Conflict(why, code=guard.__name__)
    return step


def obstacle(referral: Referral, actor: Actor, name: str) -> str | None:
    """Why `actor` cannot take the step now, or None."""
    try:
        check(referral, actor, name)
    except (NotAllowed, Conflict) as refused:
        return refused.message
    return None


def choices(referral: Referral, actor: Actor) -> Iterator[Step]:
    """The steps that roles and state allow this person now; `obstacle` says what else stands in the way."""
    return (step for step in STEPS.values() if step.fits(referral) and allowed(actor, step.permission))
