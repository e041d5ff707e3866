"""What several hands do to a matter, as the tab 协同 of its page shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department
from bancheng.identity.roles import Role
from tenants.coordination import selectors
from tenants.coordination.actions.leaders import next_level
from tenants.coordination.models import (
    Instruction,
    JointPart,
    Meeting,
    Prerequisite,
    SignOff,
    SupervisionOrder,
)
from tenants.matters.models import Matter
from tenants.matters.panels import Part, register


class SignOffRow:
    """A request with its signatures and those that are still waited for."""

    def __init__(self, request: SignOff) -> None:
        self.request = request
        self.signatures = [(Role(s.role).label, s) for s in request.signatures.all()]
        waiting = selectors.missing(request) if request.ended_at is None else []
        self.waiting = [role.label for role in waiting]


@dataclass(frozen=True)
class MeetingRow:
    """A meeting with the names of the departments that were asked to come."""

    meeting: Meeting
    departments: Sequence[str]


@dataclass(frozen=True)
class PrerequisiteRow:
    """A circle as words, with the meeting that was called for it; or one prerequisite."""

    circle: str = ""
    meeting: Meeting | None = None
    prerequisite: Prerequisite | None = None


def sign_offs(matter: Matter) -> Sequence[SignOffRow]:
    """Newest first; three queries, however many there are."""
    return [SignOffRow(request) for request in selectors.of_matter(matter)]


def joint_parts(matter: Matter) -> Sequence[JointPart]:
    """Departments and outside offices in the order in which they were asked; one query."""
    return list(selectors.joint_parts(matter))


def meetings(matter: Matter) -> Sequence[MeetingRow]:
    """Latest first; four queries, however many there are."""
    found = list(selectors.meetings(matter))
    names = dict(Department.objects.values_list("code", "name")) if found else {}
    return [MeetingRow(each, [names.get(code, code) for code in each.departments]) for each in found]


def supervision_orders(matter: Matter) -> Sequence[SupervisionOrder]:
    """Newest first; three queries, however many there are."""
    return list(selectors.supervision_orders(matter))


def instructions(matter: Matter) -> Sequence[Instruction]:
    """Newest first; one query."""
    return list(selectors.instructions(matter))


def prerequisites(matter: Matter) -> Sequence[PrerequisiteRow]:
    """The circles that are open, then every prerequisite as it was recorded; at most two queries."""
    found = list(selectors.prerequisites(matter))
    circles = selectors.circles_of(found)
    coming = selectors.meetings_to_record(matter).first() if circles else None
    return [
        *(PrerequisiteRow(circle=circle.words, meeting=coming) for circle in circles),
        *(PrerequisiteRow(prerequisite=row) for row in found),
    ]


def _nothing(rows: Callable[[Matter], QuerySet[Any]], said: str) -> Callable[[Matter, Actor], str | None]:
    """Hinders an act that has nothing to be done to."""
    return lambda matter, actor: None if rows(matter).exists() else said


def _already_led(matter: Matter, actor: Actor) -> str | None:
    return "此件已由您包案。" if actor.id and matter.case_leader_id == actor.id else None


def _already_supervised(matter: Matter, actor: Actor) -> str | None:
    return "此件已有未解除的督办单，解除后才能再次督办。" if matter.supervised else None


def _high_enough(matter: Matter, actor: Actor) -> str | None:
    try:
        next_level(matter, actor)
    except Conflict as refused:
        return refused.message
    return None


register(
    Part(
        "joint",
        "coordination",
        "协办",
        "coordination/parts/joint.html",
        joint_parts,
        counted=JointPart,
        acts=frozenset({"ask_support", "sign_support", "answer_support", "record_outside_answer", "resolve"}),
        hindered={"record_outside_answer": _nothing(selectors.open_letters, "没有待复函的协办函。")},
    )
)
register(
    Part(
        "prerequisites",
        "coordination",
        "前置条件",
        "coordination/parts/prerequisites.html",
        prerequisites,
        counted=Prerequisite,
        acts=frozenset(
            {"record_prerequisite", "settle_prerequisite", "call_meeting", "record_minutes", "take_over"}
        ),
        hindered={
            "settle_prerequisite": _nothing(selectors.open_prerequisites, "没有未解决的前置条件。"),
            "escalate": _high_enough,
            "take_over": _already_led,
        },
    )
)
register(
    Part(
        "meetings",
        "coordination",
        "会商",
        "coordination/parts/meetings.html",
        meetings,
        counted=Meeting,
        acts=frozenset({"record_minutes", "carry_out_decision"}),
        hindered={
            "record_minutes": _nothing(selectors.meetings_to_record, "没有待记纪要的会商，请先“召集会商”。"),
            "carry_out_decision": _nothing(selectors.open_decisions, "没有未落实的会商决定。"),
        },
    )
)
register(
    Part(
        "supervision",
        "coordination",
        "督办",
        "coordination/parts/supervision.html",
        supervision_orders,
        counted=SupervisionOrder,
        acts=frozenset({"answer_supervision", "lift_supervision"}),
        hindered={"supervise": _already_supervised},
    )
)
register(
    Part(
        "instructions",
        "coordination",
        "批示",
        "coordination/parts/instructions.html",
        instructions,
        counted=Instruction,
        acts=frozenset({"answer_supervision"}),
    )
)
register(
    Part(
        "sign_offs",
        "coordination",
        "签批",
        "coordination/parts/sign_offs.html",
        sign_offs,
        counted=SignOff,
        acts=frozenset({"sign_off", "refuse_signoff"}),
        obstacle=selectors.why_not_to_sign,
    )
)
