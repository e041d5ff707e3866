"""What is read of referrals: the two lists, one referral, and whom one may refer to."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, When

from bancheng.centres.models import Centre, Kind, OutsideOffice
from bancheng.centres.scope import current_centre
from bancheng.errors import NotAllowed, NotFound
from bancheng.exchange import peers
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, require
from bancheng.identity.roles import DEPARTMENT_ROLES
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock
from tenants.matters import access
from tenants.matters.workflow import TRANSITIONS
from tenants.referrals.contacts import to_call
from tenants.referrals.models import AWAITED, UNDER_WAY, Counterpart, Direction, MaterialAsk, Referral, State

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
    """All centres of this deployment but our own, units of others, then the offices reached by letter.

    An office that another deployment serves is reached there, and not by letter as well.
    """
    centres = Centre.objects.filter(kind=Kind.CENTRE, suspended_at=None).exclude(code=current_centre().code)
    near = [Unit(c.code, c.name, Counterpart.CENTRE) for c in centres]
    far = [Unit(u.code, u.name, Counterpart.PEER) for u in peers.units()]
    electronic = {unit.code for unit in far}
    return [
        *near,
        *far,
        *(
            Unit(office.code, office.name, Counterpart.LETTER)
            for office in OutsideOffice.objects.filter(retired_at=None)
            if office.code not in electronic
        ),
    ]


def counterpart(code: str) -> Unit | None:
    """The unit of this code, if one may refer to it."""
    return next((unit for unit in units() if unit.code == code), None)


def visible_to(actor: Actor) -> Referrals:
    """The referrals that this person may see; department staff see those of their department's matters.

    Not those of a sensitive matter that the person is not on; one that has come in and is not signed for yet
    is seen by those alone who see every sensitive matter.
    """
    require(actor, "referral.view")
    rows: Referrals = Referral.objects.select_related("matter__department").prefetch_related("asks")
    rows = rows.exclude(hidden_from(actor))
    if actor.roles <= DEPARTMENT_ROLES:
        return rows.filter(matter__department_id=actor.department)
    return rows


def hidden_from(actor: Actor) -> Q:
    """Of referrals: those of which this person may know nothing."""
    hidden = Q(matter__in=access.hidden_from(actor))
    if not actor.roles & access.KEEPERS:
        hidden |= Q(sensitive=True, matter=None)
    return hidden


def stuck() -> Q:
    """Of referrals: somebody has to look after them, a term has run out or the coordinator was asked."""
    today = clock.today()
    late_ask = MaterialAsk.objects.filter(referral=OuterRef("pk"), given_at=None, due_on__lt=today)
    return (
        Q(state=State.RETURNED, appealed_at__isnull=False, designated_at=None)
        | Q(state__in=UNDER_WAY, escalated_at__isnull=False)
        | Q(state__in=(State.SENT, State.RECALLING), sign_due_on__lt=today)
        | Q(state=State.SIGNED, handle_due_on__lt=today)
        | Q(Exists(late_ask), state=State.ASKED)
        | Q(state__in=AWAITED, chases_unheard__gt=0)
    )


def listed(actor: Actor, *, direction: Direction, q: str = "", state: str = "", unit: str = "") -> Referrals:
    """One side's list, the stuck ones on top, then newest first.

    `state` may be "open" for those under way and "stuck"; `unit` is the other side's code.
    """
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
    rows = rows.annotate(is_stuck=Case(When(stuck(), then=1), default=0)).order_by(
        "-is_stuck", "-created_at", "-id"
    )
    if state == "open":
        return rows.filter(state__in=(State.DRAFT, *UNDER_WAY))
    if state == "stuck":
        return rows.filter(is_stuck=1)
    return rows.filter(state=state) if state else rows


def referral_for(actor: Actor, referral_id: UUID) -> Referral:
    """One referral with its matter, contacts, asks, files and consents.

    Raises NotFound or NotAllowed, as for its matter.
    """
    try:
        referral = (
            Referral.objects.exclude(hidden_from(actor))
            .select_related("matter__reporter", "matter__department", "drafted_by", "approved_by")
            .prefetch_related("contacts__by", "asks", "consents", "files__evidence", "files__consent")
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
    """Those in which this person has the next move: to sign for, to give material, to answer, to confirm."""
    moves = Q(pk=None)
    if allowed(actor, "referral.sign"):
        moves |= Q(direction=Direction.RECEIVED, state=State.SENT)
    if allowed(actor, "referral.confirm"):
        moves |= Q(direction=Direction.SENT, state=State.ANSWERED)
    if allowed(actor, "referral.answer"):
        moves |= Q(direction=Direction.RECEIVED, state=State.SIGNED, matter__state__in=ANSWERABLE)
    if allowed(actor, "referral.give_material"):
        moves |= Q(direction=Direction.SENT, state=State.ASKED)
    if allowed(actor, "referral.send"):
        moves |= Q(direction=Direction.SENT, state=State.DRAFT)
    if allowed(actor, "referral.log_contact"):
        moves |= Q(pk__in=to_call().values("pk"))
    return visible_to(actor).filter(moves)


def origin_of(referral: Referral) -> Referral | None:
    """How the matter of a referral that we sent came to us itself, along a chain; one query at most."""
    matter = referral.matter
    if referral.direction != Direction.SENT or matter is None or matter.origin_referral is None:
        return None
    return Referral.objects.filter(pk=matter.origin_referral).first()
