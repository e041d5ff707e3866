"""What may be done to a referral, on which side, from where to where: one page, like the matter's.

Who may do what stands in `bancheng.identity.permissions`, under the name given here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed, require
from bancheng.identity.roles import Role
from tenants.referrals.models import Counterpart, Direction, Referral, State


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
    Step("give_material", "补正材料", SENT, (S.ASKED,), S.SIGNED, "referral.give_material", letter=False),
    Step("chase", "催办", SENT, _OUT, None, "referral.chase"),
    Step("escalate", "提请协调", SENT, (*_OUT, S.ASKED), None, "referral.escalate"),
    Step("appeal", "提请指定", SENT, (S.RETURNED,), None, "referral.appeal", letter=False),
    Step("log_contact", "记联系情况", SENT, _OUT, None, "referral.log_contact", letter=True),
    Step("record_answer", "登记复函", SENT, _OUT, S.ANSWERED, "referral.log_contact", letter=True),
    Step("record_return", "登记退函", SENT, _OUT, S.RETURNED, "referral.log_contact", letter=True),
    Step("confirm", "确认反馈", SENT, (S.ANSWERED,), S.CONFIRMED, "referral.confirm", final=True),
    # The receiving centre
    Step("sign", "签收", RECEIVED, (S.SENT,), S.SIGNED, "referral.sign"),
    Step("give_back", "退回", RECEIVED, (S.SENT,), S.RETURNED, "referral.return", final=True),
    Step("ask", "要求补正", RECEIVED, (S.SIGNED,), S.ASKED, "referral.ask"),
    Step("report", "反馈进展", RECEIVED, (S.SIGNED, S.ASKED), None, "referral.report"),
    Step("answer", "办结反馈", RECEIVED, (S.SIGNED,), S.ANSWERED, "referral.answer", final=True),
)
STEPS: dict[str, Step] = {step.name: step for step in _TABLE}


def check(referral: Referral, actor: Actor, name: str) -> Step:
    """Return the step, or raise NotAllowed (who) or Conflict (not on this side, not in this state)."""
    step = STEPS[name]
    require(actor, step.permission)
    if not step.fits(referral):
        raise Conflict(
            f"这件转办现在是“{State(referral.state).label}”，不能“{step.label}”；可能刚刚有人办理过，请刷新页面。",
            code="wrong_state",
        )
    return step


def choices(referral: Referral, actor: Actor) -> Iterator[Step]:
    """The steps that this person may take now."""
    return (step for step in STEPS.values() if step.fits(referral) and allowed(actor, step.permission))
