"""The workbench (工作台): what waits for this person, and what happened today."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed
from bancheng.identity.requests import actor_of
from bancheng.identity.roles import CENTRE_ROLES, DEPARTMENT_ROLES, Role
from bancheng.web import navigation
from tenants.coordination import selectors as coordination
from tenants.matters import presentation, selectors
from tenants.matters.models import Event
from tenants.matters.selectors import Matters
from tenants.matters.states import State
from tenants.matters.workflow import TRANSITIONS
from tenants.notices import selectors as notices
from tenants.referrals import selectors as referrals
from tenants.replies import selectors as replies
from tenants.workbook import lists

PAGE = 20
FEW = 6
"""Referrals shown of each sort; the rest stand under 转办."""


def mine(actor: Actor) -> Matters:
    """What waits for this person; of the signatures only those that he or she is asked for."""
    asked = coordination.asked_of(actor).values("matter_id")
    return selectors.mine(actor).filter(~Q(state=State.AWAITING_SIGNOFF) | Q(pk__in=asked))


@dataclass(frozen=True)
class View:
    """One of the lists: its name in the address, its title, what it holds, what it says when empty."""

    key: str
    title: str
    matters: Callable[[Actor], Matters]
    empty: str
    light: str = ""
    note: str = ""
    roles: frozenset[Role] = CENTRE_ROLES
    """Whose list it is: for all others it is neither shown nor opened."""


_AT_WORK = frozenset({Role.WINDOW_CLERK, Role.WINDOW_LEAD}) | DEPARTMENT_ROLES
_CALLING = frozenset({Role.CALLER, Role.WINDOW_LEAD})
_LEADING = frozenset({Role.WINDOW_LEAD, Role.DEPUTY, Role.DIRECTOR, Role.SUPERVISOR})

VIEWS: dict[str, View] = {
    view.key: view
    for view in (
        View("to_sign", "待签收", selectors.to_sign, "没有待签收的反映件。", "amber", "交办后1个工作日内"),
        View("due_today", "今日到期", selectors.due_today, "今天没有到期的反映件。", "amber", "下班前办结"),
        View("overdue", "已超期", selectors.overdue, "没有超期的反映件。", "red", "先办这些"),
        View("to_reply", "待答复", selectors.to_reply, "没有待答复的反映件。", "amber", "已办理、未答复"),
        View("mine", "我的待办", mine, "现在没有等您办理的反映件。"),
        View("department", "本部门", selectors.of_my_department, "本部门名下没有在办的反映件。"),
        View("due_soon", "临期", selectors.due_soon, "没有临期的反映件。"),
        View(
            "progress_due", "进展到期", selectors.progress_due, "没有到期未告知进展的反映件。", roles=_AT_WORK
        ),
        View(
            "first_contact",
            "首联未做",
            selectors.first_contact_missing,
            "没有还没联系过反映人的反映件。",
            roles=_AT_WORK,
        ),
        View(
            "support", "待协办答复", lists.support, "没有等本部门协办答复的反映件。", roles=DEPARTMENT_ROLES
        ),
        View("to_call_back", "待回访", lists.to_call_back, "没有待回访的反映件。", roles=_CALLING),
        View(
            "supervised",
            "督办中",
            lists.supervised,
            "没有督办中的反映件。",
            roles=_LEADING | DEPARTMENT_ROLES,
        ),
        View("taken_over", "包案", lists.taken_over, "没有包案的反映件。", roles=_LEADING),
        View(
            "retrospects",
            "待复盘",
            replies.retrospects_due,
            "没有待复盘的反映件。",
            roles=frozenset({Role.WINDOW_LEAD, Role.DIRECTOR}),
        ),
        View("no_owner", "无主件", lists.without_owner, "没有无主件：件件有着落。", "red", roles=_LEADING),
        View(
            "no_reply",
            "无回音",
            lists.without_reply,
            "没有无回音的反映件：事事有回音。",
            "red",
            roles=_LEADING,
        ),
    )
}
_TILES = ("to_sign", "due_today", "overdue", "to_reply")
_TABS = (
    "mine",
    "department",
    "due_soon",
    "overdue",
    "progress_due",
    "first_contact",
    "support",
    "to_call_back",
    "supervised",
    "taken_over",
    "retrospects",
    "no_owner",
    "no_reply",
)


def views_of(actor: Actor) -> list[View]:
    """The lists of this person, in the order in which they are shown."""
    ours = (VIEWS[key] for key in dict.fromkeys((*_TILES, *_TABS)))
    return [
        view for view in ours if view.roles & actor.roles and (view.key != "department" or actor.department)
    ]


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """Four numbers, one list of matters (?list=…, ?page=…), referrals that wait, today's events.

    All lists are counted in one query.
    """
    actor = actor_of(request)
    ours = {view.key: view for view in views_of(actor)}
    chosen = ours.get(request.GET.get("list", ""), VIEWS["mine"])
    tabs = [key for key in dict.fromkeys((*_TABS, chosen.key)) if key in ours]
    counts = navigation.numbers({key: view.matters(actor) for key, view in ours.items()})
    page = Paginator(chosen.matters(actor), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "chosen": chosen,
        "tiles": [(VIEWS[key], counts[key]) for key in _TILES],
        "tabs": [(VIEWS[key], counts[key]) for key in tabs],
        "page": page,
        "rows": presentation.rows(page, actor),
        "events": [(event, _label(event)) for event in selectors.todays_events(actor)],
        "may_register": allowed(actor, "matter.register"),
        "digest": notices.digest(actor, unread=True),
    }
    if allowed(actor, "referral.sign"):
        context["referrals"] = [
            ("待签收的来件", "签收", referrals.to_sign()[:FEW]),
            ("待确认的反馈", "确认", referrals.to_confirm()[:FEW]),
        ]
    return render(request, "workbook/workbench.html", context)


def waiting(request: HttpRequest) -> Matters:
    """The matters that wait for this person: counted beside 工作台 in the navigation."""
    return mine(actor_of(request))


def _label(event: Event) -> str:
    known = TRANSITIONS.get(event.act)
    return known.label if known else event.act
