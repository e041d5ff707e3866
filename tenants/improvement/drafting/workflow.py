"""What may be done to a draft of a precedent, from where to where, by whom: one table for pages and API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from bancheng.errors import Conflict, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, known, require
from tenants.improvement.models import DraftState, PrecedentDraft

Guard = Callable[[PrecedentDraft, Actor], str | None]
"""Why not, in one sentence for the person who asks; None when nothing stands in the way."""


def by_another(draft: PrecedentDraft, actor: Actor) -> str | None:
    """Four eyes: whoever wrote at it does not let it go out (house rule)."""
    return "先例稿须由没有参与起草的人审核。" if actor.id in draft.authors else None


@dataclass(frozen=True)
class Transition:
    """One act. `target` None: the state stays."""

    name: str
    label: str
    sources: tuple[DraftState, ...]
    target: DraftState | None
    permission: str
    icon: str
    consequence: str
    final: bool = False
    guards: tuple[Guard, ...] = ()


S = DraftState
_DRAFT, _REVIEW, _WITHDRAW = known("precedent.draft"), known("precedent.review"), known("precedent.withdraw")
_BEING_WRITTEN = (S.DRAFT, S.SENT_BACK)

TABLE: Final = {
    each.name: each
    for each in (
        Transition("submit", "送审", _BEING_WRITTEN, S.SUBMITTED, _DRAFT, "send", "送审后由另一人审核。"),
        Transition("amend", "修改", _BEING_WRITTEN, None, _DRAFT, "edit", "修改的人不能再审核这份稿。"),
        Transition(
            "publish",
            "审核发布",
            (S.SUBMITTED,),
            S.PUBLISHED,
            _REVIEW,
            "check",
            "发布后全市各中心都能看到，登记和办理同类事项时会推荐。",
            final=True,
            guards=(by_another,),
        ),
        Transition(
            "send_back",
            "退回修改",
            (S.SUBMITTED,),
            S.SENT_BACK,
            _REVIEW,
            "arrow-back-up",
            "退回后由起草人修改，再次送审。",
            guards=(by_another,),
        ),
        Transition(
            "renew",
            "续期",
            (S.PUBLISHED,),
            None,
            _REVIEW,
            "refresh",
            "续期前请核实政策没有变化。",
            guards=(by_another,),
        ),
        Transition(
            "withdraw",
            "撤下",
            (S.PUBLISHED,),
            S.WITHDRAWN,
            _WITHDRAW,
            "x",
            "撤下后各中心不再看到推荐，列表中标明已撤下和原因。",
            final=True,
        ),
    )
}
"""All acts on a draft, in the order of their buttons. Making one is `actions.draft`."""


def check(draft: PrecedentDraft, actor: Actor, name: str) -> Transition:
    """Return the transition, or raise NotAllowed (who), Conflict (state or guard)."""
    transition = TABLE[name]
    require(actor, transition.permission)
    if draft.state not in transition.sources:
        raise Conflict(
            f"先例稿现在是“{S(draft.state).label}”，不能“{transition.label}”；可能刚刚有人办理过，请刷新页面。",
            code="wrong_state",
        )
    for guard in transition.guards:
        if why := guard(draft, actor):
            raise Conflict(why, code=guard.__name__)
    return transition


def choices(draft: PrecedentDraft, actor: Actor) -> Iterator[tuple[Transition, str | None]]:
    """The acts that roles and state allow this person now, each with what else stands in the way, if any."""
    for transition in TABLE.values():
        if draft.state not in transition.sources or not allowed(actor, transition.permission):
            continue
        try:
            check(draft, actor, transition.name)
        except (NotAllowed, Conflict) as refused:
            yield transition, refused.message
        else:
            yield transition, None
