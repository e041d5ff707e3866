"""What is read of several hands: of one matter, of what a person is asked for, of what is overdue."""

from django.db.models import Exists, OuterRef, Q

from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.coordination.models import (
    JointPart,
    Purpose,
    Signature,
    SignOff,
)
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.states import IN_HAND, RUNNING

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
    """Why this person's signature is not asked for on this matter now; None when it is."""
    if asked_of(actor).filter(matter=matter).exists():
        return None
    request = of_matter(matter).filter(ended_at=None).first()
    if request is None:
        return "没有待签批的事项。"
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


def open_parts() -> TenantQuerySet[JointPart]:
    """The parts that somebody still has to answer, on matters that are in somebody's hands."""
    rows: TenantQuerySet[JointPart] = JointPart.objects.filter(
        answered_at=None, cancelled_at=None, matter__state__in=(*RUNNING,)
    )
    return rows


def open_letters(matter: Matter) -> TenantQuerySet[JointPart]:
    """The letters to outside offices whose answer is still awaited."""
    return joint_parts(matter).filter(department=None, answered_at=None, cancelled_at=None)


def support_asked_of(actor: Actor) -> TenantQuerySet[JointPart]:
    """What other matters wait for from this person's department, soonest due first; of those it may see."""
    waiting = open_parts().filter(department_id=actor.department or None, matter__state__in=IN_HAND)
    if not actor.department or not actor.roles & DEPARTMENT_ROLES:
        return waiting.none()
    visible = matters.visible_to(actor).values("pk")
    return (
        waiting.filter(matter__in=visible).select_related("matter__reporter").order_by("due_on", "asked_at")
    )


def overdue_parts() -> TenantQuerySet[JointPart]:
    """Parts whose day has passed without an answer, of departments and of outside offices alike."""
    return open_parts().filter(due_on__lt=clock.today()).select_related("matter").order_by("due_on")


def may_handle(matter: Matter) -> TenantQuerySet[Staff]:
    """The lead department's active people, but for the one who handles the matter now."""
    people: TenantQuerySet[Staff] = Staff.objects.filter(
        is_active=True, department_id=matter.department_id, roles__overlap=list(DEPARTMENT_ROLES)
    )
    return people.exclude(pk=matter.handler_id).order_by("username")
