"""Who may see a sensitive matter (敏感件): only those who are on it, and nobody learns that there is one.

The rule is a house rule and stands here twice, once asked of matters and once of people, in the same order.
"""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from tenants.matters.models import Event, Matter
from tenants.matters.states import State

KEEPERS = frozenset({Role.WINDOW_LEAD, Role.DIRECTOR})
"""They see every matter: one answers for the window, the other for the centre."""

TO_CALL_BACK = Q(state=State.REPLIED, called_back=False, origin_referral=None)
"""Of matters: the caller has the next move."""


def seen_by(actor: Actor) -> Q:
    """Of matters: those that are not sensitive, and those that this person is on."""
    return Q() if actor.roles & KEEPERS else Q(sensitive=False) | _is_on(actor)


def hidden_from(actor: Actor) -> QuerySet[Matter]:
    """The sensitive matters of which this person may know nothing, for lists of what belongs to a matter."""
    if actor.roles & KEEPERS:
        return Matter.objects.none()
    return Matter.objects.filter(sensitive=True).exclude(_is_on(actor))


def people_on(matter: Matter) -> Q:
    """Of accounts: those who may see this matter while it is sensitive."""
    named: set[UUID | None] = {
        matter.registrar_id,
        matter.handler_id,
        matter.case_leader_id,
        *matter.admitted,
    }
    people = Q(roles__overlap=list(KEEPERS)) | Q(pk__in=named - {None})
    people |= Q(pk__in=matter.events.exclude(actor_id=None).values("actor_id"))
    if matter.department_id:
        theirs = [Role.DEPARTMENT_HEAD]
        if matter.state == State.ASSIGNED:
            theirs.append(Role.HANDLER)
        people |= Q(department_id=matter.department_id, roles__overlap=theirs)
    people |= Q(department_id__in=matter.unanswered, roles__contains=[Role.DEPARTMENT_HEAD])
    if matter.state == State.AWAITING_SIGNOFF:
        people |= Q(roles__contains=[Role.DEPUTY])
    if matter.supervised:
        people |= Q(roles__contains=[Role.SUPERVISOR])
    if matter.state == State.REPLIED and not matter.called_back and not matter.came_by_referral:
        people |= Q(roles__contains=[Role.CALLER])
    return people


def _is_on(actor: Actor) -> Q:
    """Named on it or admitted to it, has acted on it, or has the next move."""
    if actor.id is None:
        return Q(pk=None)
    on = Q(registrar_id=actor.id) | Q(handler_id=actor.id) | Q(case_leader_id=actor.id)
    on |= Q(admitted__contains=[actor.id])
    on |= Q(Exists(Event.objects.filter(matter_id=OuterRef("pk"), actor_id=actor.id)))
    if actor.department and Role.DEPARTMENT_HEAD in actor.roles:
        on |= Q(department_id=actor.department) | Q(unanswered__contains=[actor.department])
    if actor.department and Role.HANDLER in actor.roles:
        on |= Q(department_id=actor.department, state=State.ASSIGNED)
    if Role.DEPUTY in actor.roles:
        on |= Q(state=State.AWAITING_SIGNOFF)
    if Role.SUPERVISOR in actor.roles:
        on |= Q(supervised=True)
    if Role.CALLER in actor.roles:
        on |= TO_CALL_BACK
    return on
