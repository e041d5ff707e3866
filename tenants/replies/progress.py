"""What the reporter may know of the own matter: five plain steps, what happens next and by when, the replies.

No names of staff, no notes of others, nothing of what goes on inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.holders import Holder
from bancheng.web.words import letter_date
from tenants.matters import acts, workflow
from tenants.matters.models import Matter
from tenants.matters.presentation import item_name
from tenants.matters.states import State
from tenants.replies.actions import track
from tenants.replies.models import Rating, Reply, Via, WindowCard
from tenants.replies.texts import window_card

CALL_BACK_WITHIN = 3
"""Working days after the reply within which the reporter is called back (house rule)."""


@dataclass(frozen=True)
class Step:
    """One of the five, and when it was done."""

    label: str
    status: str
    at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """Everything that stands on the reporter's page."""

    number: str
    subject: str
    item: str
    steps: Sequence[Step]
    next: str
    passed_to: str
    declined: str
    replies: Sequence[Reply]
    told_at: datetime | None
    rating: Rating | None
    acts: Sequence[str]
    card: WindowCard | None


def of(matter: Matter) -> Progress:
    """The reporter's view of a matter; for one that was merged, how far the other has come."""
    here = _carrying(matter)
    rating = matter.ratings.filter(round=matter.reopened).exclude(via=Via.STAFF).first()
    return Progress(
        number=matter.number,
        subject=matter.subject,
        item=item_name(matter.item_code),
        steps=_steps(matter, here),
        next=_next(matter, here),
        passed_to=_passed_to(here),
        declined=_declined(matter),
        replies=list(Reply.objects.filter(matter=matter).order_by("-at")),
        told_at=matter.last_told_at,
        rating=rating,
        acts=_acts(matter, rated=rating is not None),
        card=window_card(),
    )


def _carrying(matter: Matter) -> Matter:
    """The matter that is worked on: itself, or the one into which it was merged."""
    return (matter.merged_into or matter) if matter.state == State.MERGED else matter


_LABELS = ("登记", "受理", "办理", "答复", "办结")
_IN_HAND = 2
_STAGES = {State.REGISTERED: 1, State.RESOLVED: 3, State.REPLIED: 4, State.CLOSED: 5}
_ENDED_EARLY = {State.DECLINED: "不予受理", State.WITHDRAWN: "已撤回"}


def _steps(matter: Matter, here: Matter) -> list[Step]:
    times = (
        matter.registered_at,
        matter.accepted_at or here.accepted_at,
        here.resolved_at,
        matter.replied_at,
        here.ended_at,
    )
    if early := _ENDED_EARLY.get(State(here.state)):
        walked = [Step(_LABELS[place], "done", at) for place, at in enumerate(times[:4]) if at]
        return [*walked, Step(early, "current", here.ended_at)]
    stage = _STAGES.get(State(here.state), _IN_HAND)
    return [
        Step(label, "done", at) if place < stage else Step(label, "current" if place == stage else "todo")
        for place, (label, at) in enumerate(zip(_LABELS, times, strict=True))
    ]


def _next(matter: Matter, here: Matter) -> str:
    said = _SAYS.get(State(here.state), _in_hand)(here)
    return f"您反映的事项已与同一事项合并办理，结果会单独答复您。{said}" if here is not matter else said


def _registered(matter: Matter) -> str:
    by = current_calendar().add(clock.local(matter.registered_at).date(), 1)
    if clock.today() > by:
        return "窗口还在核对您反映的情况，已经比约定的时间晚了，会尽快告诉您是否受理。"
    return f"窗口正在核对您反映的情况，{letter_date(by)}前告诉您是否受理。"


def _in_hand(matter: Matter) -> str:
    if matter.due_on is None:
        return "您反映的事项正在办理，有结果会马上答复您。"
    by = letter_date(matter.due_on)
    if clock.today() > matter.due_on:
        return f"您反映的事项原定{by}前办完，现在已经超过期限，我们正在抓紧办理，办完马上答复您。"
    provisional = "（放假安排公布后可能调整）" if matter.due_provisional else ""
    return f"您反映的事项正在办理，预计{by}前办完{provisional}，办完后答复您。"


def _awaiting(matter: Matter) -> str:
    return "正在等您补交材料，办理时间暂停计算。请照告知书补齐，收到后接着办理。"


def _resolved(matter: Matter) -> str:
    return "已经有办理结果，窗口会尽快答复您。"


def _replied(matter: Matter) -> str:
    if matter.called_back or matter.replied_at is None:
        return "已经答复您。如果问题还没有解决，请直接告诉窗口。"
    by = current_calendar().add(clock.local(matter.replied_at).date(), CALL_BACK_WITHIN)
    if clock.today() > by:
        return "已经答复您。回访比约定的时间晚了，我们会尽快联系您；问题没有解决的，请直接告诉窗口。"
    return f"已经答复您。{letter_date(by)}前会有人回访，问您问题解决了没有、满意不满意。"


def _closed(matter: Matter) -> str:
    if matter.ended_at is None:
        return "已经办结。"
    until = clock.local(matter.ended_at).date() + timedelta(days=workflow.REOPEN_WITHIN_DAYS)
    if clock.today() > until:
        return "已经办结。如果又遇到问题，请到窗口重新登记。"
    return f"已经办结。如果问题没有解决，{letter_date(until)}前可以要求重新办理。"


def _stopped(matter: Matter) -> str:
    if matter.state == State.WITHDRAWN:
        return "已按您的意愿撤回。以后需要办理，可以随时到窗口重新登记。"
    return "窗口没有受理您反映的事项，理由和其他办法写在下面。"


_SAYS = {
    State.REGISTERED: _registered,
    State.AWAITING_MATERIAL: _awaiting,
    State.RESOLVED: _resolved,
    State.REPLIED: _replied,
    State.CLOSED: _closed,
    State.DECLINED: _stopped,
    State.WITHDRAWN: _stopped,
}


def _passed_to(matter: Matter) -> str:
    """The unit that has it, or had it last."""
    elsewhere = matter.events.filter(holder__in=(Holder.OTHER_CENTRE, Holder.OUTSIDE)).exclude(
        holder_label=""
    )
    return elsewhere.order_by("-seq").values_list("holder_label", flat=True).first() or ""


def _declined(matter: Matter) -> str:
    """The reason and what else can be done, as the lead wrote it for the reporter."""
    if matter.state != State.DECLINED:
        return ""
    note = matter.events.filter(act="decline").order_by("-seq").values_list("note", flat=True).first() or ""
    return f"{matter.get_decline_reason_display()}。\n{note}"


def _acts(matter: Matter, *, rated: bool) -> list[str]:
    person, bound = track.reporter(), acts.all_bound()
    return [
        name
        for name in track.ACTS
        if name in bound and not (name == "rate" and rated) and not workflow.obstacle(matter, person, name)
    ]
