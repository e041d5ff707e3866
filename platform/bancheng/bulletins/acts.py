"""Which form and which action stand behind each act on a bulletin: for pages and API alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms

from bancheng.bulletins import actions
from bancheng.bulletins.forms import NothingForm, ReviewForm
from bancheng.bulletins.models import Bulletin, BulletinState
from bancheng.errors import NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed, known
from bancheng.identity.roles import names
from bancheng.web.http import require_valid


@dataclass(frozen=True)
class Bound:
    """An act, who may do it and from which state, its form and its action; what it leads to in a sentence."""

    name: str
    label: str
    permission: str
    source: BulletinState
    form: type[forms.Form]
    run: Callable[..., Bulletin]
    consequence: str


@dataclass(frozen=True)
class Choice:
    """An act that there is, and why this person cannot do it now ("" if it can be done)."""

    name: str
    label: str
    why_not: str


BOUND: Final = {
    each.name: each
    for each in (
        Bound(
            "again",
            "重新生成",
            known("bulletin.draft"),
            BulletinState.FAILED,
            NothingForm,
            actions.again,
            "从头生成这一稿，完成后待审核。",
        ),
        Bound(
            "review",
            "审核通过",
            known("bulletin.review"),
            BulletinState.DRAFT,
            ReviewForm,
            actions.review,
            "审核通过后由市级协调员印发；发现数字有误的不要通过，另行生成新稿。",
        ),
        Bound(
            "issue",
            "印发",
            known("bulletin.issue"),
            BulletinState.REVIEWED,
            NothingForm,
            actions.issue,
            "印发后取得文号，内容不再改变，这个月也不能再生成新稿。",
        ),
    )
}


def bound(name: str) -> Bound:
    """What stands behind the act. Raises NotFound for a name that there is not."""
    try:
        return BOUND[name]
    except KeyError:
        raise NotFound("没有这个操作。") from None


def choices(bulletin: Bulletin, actor: Actor) -> list[Choice]:
    """The acts that this state leads to; nothing once it is issued or while it is made."""
    newest = actions.newest_edition(bulletin.month)
    return [
        Choice(each.name, each.label, _why_not(each, bulletin, actor, newest))
        for each in BOUND.values()
        if each.source == bulletin.state
    ]


def perform(*, name: str, bulletin_id: UUID, actor: Actor, form: forms.Form) -> Bulletin:
    """Do it with what stands in the form. Raises Invalid, and as the action."""
    require_valid(form)
    said: dict[str, Any] = form.cleaned_data
    return bound(name).run(bulletin_id=bulletin_id, actor=actor, **said)


def _why_not(each: Bound, bulletin: Bulletin, actor: Actor, newest: int) -> str:
    if not allowed(actor, each.permission):
        return f"由{names(PERMISSIONS[each.permission])}办理。"
    if each.name == "review" and actor.id == bulletin.asked_by_id:
        return "由发起人以外的人审核。"
    return actions.why_not(bulletin, each.name, each.source, newest)
