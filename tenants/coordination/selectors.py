"""What is read of several hands: of one matter, of what a person is asked for, of what is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.tenancy import TenantQuerySet
from tenants.coordination.circles import circles
from tenants.coordination.models import (
    Decision,
    Instruction,
    JointPart,
    Meeting,
    Prerequisite,
    Purpose,
    Signature,
    SignOff,
    SupervisionOrder,
)
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.states import IN_HAND

# --- Signatures --------------------------------------------------------------------------------------

SIGNERS: dict[str, tuple[Role, ...]] = {
    Purpose.SPECIAL: (Role.WINDOW_LEAD, Role.DIRECTOR),
    Purpose.NEGATIVE: (Role.DEPUTY,),
}
"""Whose signatures a request needs: one each, by different people."""


def of_matter(matter: Matter) -> TenantQuerySet[SignOff]:
    """Newest first, with everybody who asked and signed."""
    requests: TenantQuerySet[SignOff] = SignOff.objects.filter(matter=matter).select_related("asked_by")
    return requests.prefetch_related("signatures__signer")


def asked_of(actor: Actor) -> TenantQuerySet[SignOff]:
    """The open requests that wait for one of this person's roles, and that he or she has not signed yet."""
    wanted = Q(pk=None)
    for purpose, roles in SIGNERS.items():
        for role in actor.roles.intersection(roles):
            given = Signature.objects.filter(sign_off=OuterRef("pk"), role=role)
            wanted |= Q(~Exists(given), purpose=purpose)
    return SignOff.objects.filter(wanted, ended_at=None).exclude(signatures__signer_id=actor.id)


def why_not_to_sign(matter: Matter, actor: Actor) -> str | None:
    """Why this person's signature is not asked for on this matter now; None when it is. Two queries."""
    request = SignOff.objects.filter(matter=matter, ended_at=None).prefetch_related("signatures").first()
    if request is None:
        return "没有待签批的事项。"
    signers = {signature.signer_id for signature in request.signatures.all()}
    if actor.id not in signers and actor.roles.intersection(missing(request)):
        return None
    return f"现待{'、'.join(role.label for role in missing(request))}签批。"


def missing(request: SignOff) -> list[Role]:
    """Whose signatures an open request still waits for."""
    given = {signature.role for signature in request.signatures.all() if signature.approved}
    return [role for role in SIGNERS[request.purpose] if role not in given]


# --- Joint handling ----------------------------------------------------------------------------------


def joint_parts(matter: Matter) -> TenantQuerySet[JointPart]:
    """Every office's part of a matter, in the order in which they were asked."""
    rows: TenantQuerySet[JointPart] = JointPart.objects.filter(matter=matter)
    return rows.select_related("asked_by", "signed_by", "answered_by")


def open_letters(matter: Matter) -> TenantQuerySet[JointPart]:
    """The letters to outside offices whose answer is still awaited."""
    return joint_parts(matter).filter(department=None, answered_at=None, cancelled_at=None)


def support_asked_of(actor: Actor) -> TenantQuerySet[JointPart]:
    """What other matters wait for from this person's department, soonest due first; of those it may see."""
    rows: TenantQuerySet[JointPart] = JointPart.objects.filter(answered_at=None, cancelled_at=None)
    if not actor.department or not actor.roles & DEPARTMENT_ROLES:
        return rows.none()
    waiting = rows.filter(department_id=actor.department, matter__state__in=IN_HAND)
    visible = matters.visible_to(actor).values("pk")
    return (
        waiting.filter(matter__in=visible).select_related("matter__reporter").order_by("due_on", "asked_at")
    )


def may_handle(matter: Matter) -> TenantQuerySet[Staff]:
    """The lead department's active people, but for the one who handles the matter now."""
    people: TenantQuerySet[Staff] = Staff.objects.filter(
        is_active=True, department_id=matter.department_id, roles__overlap=list(DEPARTMENT_ROLES)
    )
    others = people.exclude(pk=matter.handler_id) if matter.handler_id else people
    return others.order_by("username")


# --- Leaders -----------------------------------------------------------------------------------------


def supervision_orders(matter: Matter) -> TenantQuerySet[SupervisionOrder]:
    """Newest first, with what was reported on each."""
    rows: TenantQuerySet[SupervisionOrder] = SupervisionOrder.objects.filter(matter=matter)
    return rows.select_related("issued_by", "lifted_by").prefetch_related("answers__by")


def instructions(matter: Matter) -> TenantQuerySet[Instruction]:
    """Newest first."""
    rows: TenantQuerySet[Instruction] = Instruction.objects.filter(matter=matter)
    return rows.select_related("by")


# --- Meetings ----------------------------------------------------------------------------------------


def meetings(matter: Matter) -> TenantQuerySet[Meeting]:
    """Latest first, with their decisions and the prerequisites that they settled."""
    rows: TenantQuerySet[Meeting] = Meeting.objects.filter(matter=matter)
    return rows.select_related("called_by", "recorded_by").prefetch_related("decisions", "settled")


def meetings_to_record(matter: Matter) -> TenantQuerySet[Meeting]:
    """Those called for that have no minutes yet, soonest first."""
    rows: TenantQuerySet[Meeting] = Meeting.objects.filter(matter=matter, recorded_at=None)
    return rows.order_by("at")


def open_decisions(matter: Matter) -> TenantQuerySet[Decision]:
    """What was decided on a matter and is not carried out yet."""
    rows: TenantQuerySet[Decision] = Decision.objects.filter(meeting__matter=matter, done_at=None)
    return rows.order_by("meeting__at", "position")


# --- Prerequisites -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Circled:
    """A circle of prerequisites: the offices' codes in their order, and as words A → B → A."""

    codes: tuple[str, ...]
    words: str


def prerequisites(matter: Matter) -> TenantQuerySet[Prerequisite]:
    """In the order in which they were recorded."""
    rows: TenantQuerySet[Prerequisite] = Prerequisite.objects.filter(matter=matter)
    return rows.select_related("recorded_by", "settled_by", "meeting")


def open_prerequisites(matter: Matter) -> TenantQuerySet[Prerequisite]:
    return prerequisites(matter).filter(settled_at=None)


def circles_of(rows: Iterable[Prerequisite]) -> list[Circled]:
    """The circles that the open ones among `rows` make."""
    unsettled = [row for row in rows if row.settled_at is None]
    names = {row.wanting_code: row.wanting for row in unsettled}
    return [
        Circled(codes, " → ".join(names[code] for code in (*codes, codes[0])))
        for codes in circles(row.edge for row in unsettled)
    ]
