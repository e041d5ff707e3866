"""What is read of referrals: the two lists, one referral, and whom one may refer to."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from bancheng.centres.models import Centre, Kind, OutsideOffice
from bancheng.centres.scope import current_centre
from bancheng.errors import NotAllowed, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, require
from bancheng.identity.roles import DEPARTMENT_ROLES
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock, lights
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.matters import access
from tenants.matters import selectors as matters
from tenants.matters.workflow import TRANSITIONS
from tenants.referrals.models import UNDER_WAY, Counterpart, Direction, Referral, State

Referrals = TenantQuerySet[Referral]

ANSWERABLE = TRANSITIONS["answer"].sources
"""The states of our own matter in which a referral that came in can be answered."""


@dataclass(frozen=True)
class Unit:
    """Somebody to refer to, and how they are reached."""

    code: str
    name: str
    kind: Counterpart


def units() -> list[Unit]:
    """All centres of this deployment but our own, then the offices that are reached by letter."""
    centres = Centre.objects.filter(kind=Kind.CENTRE, suspended_at=None).exclude(code=current_centre().code)
    return [Unit(c.code, c.name, Counterpart.CENTRE) for c in centres] + [
        Unit(office.code, office.name, Counterpart.LETTER) for office in OutsideOffice.objects.all()
    ]


def counterpart(code: str) -> Unit | None:
    """The unit of this code, if one may refer to it."""
    return next((unit for unit in units() if unit.code == code), None)


def visible_to(actor: Actor) -> Referrals:
    """The referrals that this person may see; department staff see those of their department's matters.

    Not those of a sensitive matter that the person is not on.
    """
    require(actor, "referral.view")
    rows: Referrals = Referral.objects.select_related("matter__department")
    rows = rows.exclude(matter__in=access.hidden_from(actor))
    if actor.roles <= DEPARTMENT_ROLES:
        return rows.filter(matter__department_id=actor.department)
    return rows


def listed(actor: Actor, *, direction: Direction, q: str = "", state: str = "", unit: str = "") -> Referrals:
    """One side's list, newest first; `state` "open" for those under way, `unit` the other side's code."""
    rows = visible_to(actor).filter(direction=direction)
    if q:
        rows = rows.filter(
            Q(number__icontains=q)
            | Q(subject__icontains=q)
            | Q(unit_name__icontains=q)
            | Q(matter__number__icontains=q)
        )
    if unit:
        rows = rows.filter(unit_code=unit)
    if state == "open":
        return rows.filter(state__in=(State.DRAFT, *UNDER_WAY))
    return rows.filter(state=state) if state else rows


def referral_for(actor: Actor, referral_id: UUID) -> Referral:
    """One referral with its matter and contacts. Raises NotFound or NotAllowed, as for its matter."""
    try:
        referral = (
            Referral.objects.exclude(matter__in=access.hidden_from(actor))
            .select_related("matter__reporter", "matter__department", "drafted_by")
            .prefetch_related("contacts__by")
            .get(pk=referral_id)
        )
    except Referral.DoesNotExist:
        raise NotFound("没有这件转办。") from None
    require(actor, "referral.view")
    if actor.roles <= DEPARTMENT_ROLES and (
        referral.matter is None or referral.matter.department_id != actor.department
    ):
        raise NotAllowed("此件没有交办给您所在的部门，您不能查看。")
    return referral


def to_sign() -> Referrals:
    """Come in and not signed for yet, oldest first."""
    return Referral.objects.filter(direction=Direction.RECEIVED, state=State.SENT).order_by("sent_at")


def to_confirm() -> Referrals:
    """Answered by the other side and waiting for our confirmation."""
    return Referral.objects.filter(direction=Direction.SENT, state=State.ANSWERED).order_by("answered_at")


def waiting_for(actor: Actor) -> Referrals:
    """Those in which this person has the next move: to sign for, to confirm, to answer."""
    moves = Q(pk=None)
    if allowed(actor, "referral.sign"):
        moves |= Q(direction=Direction.RECEIVED, state=State.SENT)
    if allowed(actor, "referral.confirm"):
        moves |= Q(direction=Direction.SENT, state=State.ANSWERED)
    if allowed(actor, "referral.answer"):
        moves |= Q(direction=Direction.RECEIVED, state=State.SIGNED, matter__state__in=ANSWERABLE)
    if allowed(actor, "referral.send"):
        moves |= Q(direction=Direction.SENT, state=State.DRAFT)
    return visible_to(actor).filter(moves)


def light_of(referral: Referral) -> lights.Light:
    """Before signing the light of the signing term, then that of our own matter's term; grey at the end."""
    if referral.state == State.SENT:
        return lights.light(referral.sign_due_on, clock.now(), current_calendar(), 1)
    if referral.state in UNDER_WAY and referral.matter is not None:
        return matters.light_of(referral.matter)
    return lights.NOT_STARTED if referral.state == State.DRAFT else lights.FINISHED
