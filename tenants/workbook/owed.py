"""What the clocks of a centre demand now: a plain reading of its open matters, which changes nothing.

Everything that can fall due is named here, with whom it concerns. The sweep (`ladder`) does what is demanded
and was not done yet. A matter that waits for its reporter is left in peace.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q

from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.timekeeping import clock, due, lights
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.casework.models import Material, MaterialStatus
from tenants.coordination.models import JointPart, SupervisionOrder
from tenants.matters import clocks
from tenants.matters.models import Matter
from tenants.matters.states import OPEN, RUNNING, State
from tenants.notices.kinds import NoticeKind
from tenants.referrals import clocks as clocks_of_referrals
from tenants.referrals.contacts import to_call
from tenants.referrals.models import AWAITED, Direction, MaterialAsk, Referral
from tenants.referrals.models import State as ReferralState
from tenants.replies.models import Rectification

LADDER: Sequence[tuple[str, int]] = (("remind", 1), ("supervise", 3), ("take_over", 5), ("notify_city", 10))
"""The acts on a matter that is late, each with the working days after which it follows (house rule)."""

SIGN_WITHIN = 1
"""Working days within which a department signs for what was assigned to it (house rule)."""
CALL_BACK_WITHIN = 3
"""Working days from the reply within which the reporter is called back (house rule)."""


@dataclass(frozen=True)
class Step:
    """One thing that is demanded: its name, once for each `term`, and who is told.

    `kind` is None where the act itself tells people. `roles`, `department` and `staff` are those of
    `notices.actions.notify`; `days` is how late the matter is, in working days.
    """

    name: str
    term: str
    kind: NoticeKind | None
    roles: tuple[Role, ...] = ()
    department: str = ""
    staff: tuple[UUID | None, ...] = ()
    days: int = 0


Owed = dict[UUID, list[Step]]


def owed(only: UUID | None = None) -> Owed:
    """By matter, what is demanded now, in the order in which it fell due; of one matter alone if named.

    Eight queries, over what is open: what ended long ago costs nothing.
    """
    now, calendar = clock.now(), current_calendar()
    found: Owed = defaultdict(list)
    matters = Matter.objects.filter(_one("pk", only), state__in=OPEN).only(*_COLUMNS)
    for matter in matters.order_by().iterator(chunk_size=1000):
        if steps := list(of_columns(matter, now, calendar)):
            found[matter.pk] = steps
    for matter_id, step in _of_others(only, _last_closed(now)):
        found[matter_id].append(step)
    return dict(found)


# --- What the matter's own columns say ---------------------------------------------------------------

_COLUMNS = (
    "state",
    "level",
    "due_on",
    "handling_days",
    "department_id",
    "handler_id",
    "registrar_id",
    "called_back",
    "origin_referral",
    "accepted_at",
    "assigned_at",
    "first_contact_at",
    "last_told_at",
    "replied_at",
    "ended_at",
)


def of_columns(matter: Matter, now: datetime, calendar: WorkingCalendar) -> Iterator[Step]:
    """What a matter's own clocks demand, oldest demand first. A plain function of what it is handed."""
    if matter.state in RUNNING and matter.state != State.AWAITING_MATERIAL:
        yield from _unsigned(matter, now, calendar)
        yield from _rungs(matter, now, calendar)
    yield from _words(matter, now, calendar)


def _rungs(matter: Matter, now: datetime, calendar: WorkingCalendar) -> Iterator[Step]:
    light = lights.light(matter.due_on, now, calendar, matter.handling_days or 1)
    term, department = str(matter.due_on), matter.department_id or ""
    # Before somebody is named, whoever in the department may take it up.
    at_work = (Role.WINDOW_LEAD,) if matter.handler_id else (Role.WINDOW_LEAD, Role.HANDLER)
    if light.color == "amber":
        yield Step("due_soon", term, NoticeKind.DUE_SOON, at_work, department, (matter.handler_id,))
    if light.color != "red":
        return
    yield Step("overdue", term, NoticeKind.OVERDUE, at_work, department, (matter.handler_id,))
    late = -(light.remaining or 0)
    told: dict[str, tuple[NoticeKind | None, tuple[Role, ...], str]] = {
        "remind": (NoticeKind.REMINDED, _heads(department), department),
        "notify_city": (NoticeKind.CITY_NOTICE, (Role.DIRECTOR, Role.DEPUTY, Role.WINDOW_LEAD), ""),
    }
    for name, after in LADDER:
        if late >= after:
            yield Step(name, term, *told.get(name, (None, (), "")), days=late)


def _unsigned(matter: Matter, now: datetime, calendar: WorkingCalendar) -> Iterator[Step]:
    if matter.state != State.ASSIGNED or matter.assigned_at is None:
        return
    if now > due.due(matter.assigned_at, SIGN_WITHIN, calendar).at:
        roles, term = (*DEPARTMENT_ROLES, Role.WINDOW_LEAD), clock.local(matter.assigned_at).isoformat()
        yield Step("unsigned", term, NoticeKind.SIGN_DUE, roles, matter.department_id or "")


def _words(matter: Matter, now: datetime, calendar: WorkingCalendar) -> Iterator[Step]:
    """What is owed to the reporter: the first contact, how it stands, the callback."""
    people, today = (matter.registrar_id, matter.handler_id), clock.local(now).date()
    if clocks.first_contact_light(matter, calendar, now).color == "red":
        term = str(matter.accepted_at and clock.local(matter.accepted_at).date())
        yield Step("first_contact", term, NoticeKind.FIRST_CONTACT, (Role.WINDOW_LEAD,), staff=people)
    by = clocks.progress_by(matter, calendar)
    if by is not None and by <= today and clocks.owes_word(matter):
        yield Step("progress", str(by), NoticeKind.PROGRESS, (Role.WINDOW_LEAD,), staff=people)
    if matter.state == State.REPLIED and matter.replied_at and not matter.called_back:
        by = due.due(matter.replied_at, CALL_BACK_WITHIN, calendar).date
        if by <= today and not matter.came_by_referral:
            yield Step("callback", str(by), NoticeKind.CALLBACK_DUE, (Role.CALLER, Role.WINDOW_LEAD))


def _heads(department: str) -> tuple[Role, ...]:
    """Whoever answers for it: the department's head, the window's lead before it has a department."""
    return (Role.DEPARTMENT_HEAD,) if department else (Role.WINDOW_LEAD,)


# --- What hangs on a matter in other apps ------------------------------------------------------------


def _of_others(only: UUID | None, closed: date) -> Iterator[tuple[UUID, Step]]:
    """Parts, papers and orders whose day is over at `closed`, the last day on which offices have closed."""
    running = (
        _one("matter_id", only) & Q(matter__state__in=RUNNING) & ~Q(matter__state=State.AWAITING_MATERIAL)
    )
    window = (Role.WINDOW_LEAD,)

    parts = JointPart.objects.filter(running, answered_at=None, cancelled_at=None, due_on__lte=closed)
    for part in parts.only("matter_id", "department_id", "asked_by_id"):
        roles = (*window, *DEPARTMENT_ROLES) if part.department_id else window
        term, staff = str(part.pk), (part.asked_by_id,)
        yield (
            part.matter_id,
            Step("support", term, NoticeKind.SUPPORT_DUE, roles, part.department_id or "", staff),
        )

    papers = Material.objects.filter(running, status=MaterialStatus.FOLLOWS, follow_by__lte=closed)
    for paper in papers.select_related("matter").only(
        "follow_by", "matter_id", "matter__registrar_id", "matter__handler_id"
    ):
        people = (paper.matter.registrar_id, paper.matter.handler_id)
        term = f"{paper.pk} {paper.follow_by}"
        yield paper.matter_id, Step("follow", term, NoticeKind.FOLLOW_OVERDUE, window, staff=people)

    yield from _away(only, closed)
    yield from _to_call(only)

    orders = SupervisionOrder.objects.filter(_one("matter_id", only), lifted_at=None, due_on__lte=closed)
    for order in orders.filter(matter__state__in=OPEN).exclude(matter__state=State.AWAITING_MATERIAL):
        roles = (Role.SUPERVISOR, Role.DEPUTY)
        step = Step(
            "supervision", str(order.pk), NoticeKind.SUPERVISION_DUE, roles, staff=(order.issued_by_id,)
        )
        yield order.matter_id, step

    faults = Rectification.objects.filter(_one("matter_id", only), closed_at=None, due_on__lte=closed)
    for fault in faults.only("matter_id"):
        roles = (Role.WINDOW_LEAD, Role.DEPUTY)
        yield fault.matter_id, Step("rectification", str(fault.pk), NoticeKind.RECTIFY_DUE, roles)


def _away(only: UUID | None, closed: date) -> Iterator[tuple[UUID, Step]]:
    """Of what was referred: not signed for in time, silent, silent after being chased twice, material due."""
    sent = Referral.objects.filter(_one("matter_id", only), direction=Direction.SENT, matter__isnull=False)
    awaited = sent.filter(state__in=AWAITED).annotate(called_at=Max("contacts__at"))
    for referral in awaited.only(*_OF_A_REFERRAL):
        for step in _awaited(referral, referral.__dict__["called_at"], closed):
            yield referral.matter_id, step  # type: ignore[misc]  # filtered: it has a matter
    asks = MaterialAsk.objects.filter(
        referral__in=sent.filter(state=ReferralState.ASKED), given_at=None, due_on__lte=closed
    )
    for ask in asks.select_related("referral__matter").only("referral__matter__handler_id", "due_on"):
        matter = ask.referral.matter
        if matter is not None:
            term, staff = str(ask.pk), (matter.handler_id,)
            yield matter.pk, Step("material", term, NoticeKind.MATERIAL_DUE, _WINDOW, staff=staff)


def _to_call(only: UUID | None) -> Iterator[tuple[UUID, Step]]:
    """Offices reached by letter that the window wanted to ask again today."""
    for referral in to_call().filter(_one("matter_id", only)).only("matter_id"):
        if referral.matter_id:
            term = f"{referral.pk} {referral.__dict__['next_on']}"
            yield referral.matter_id, Step("contact", term, NoticeKind.CONTACT_DUE, _WINDOW)


def _awaited(referral: Referral, called_at: datetime | None, closed: date) -> Iterator[Step]:
    heard = clocks_of_referrals.last_heard(referral, called_at)
    by = clocks_of_referrals.silent_until(heard, referral.chased_at)
    if _unsigned_away(referral, closed):
        yield Step("chase", f"{referral.pk} unsigned", NoticeKind.UNSIGNED_AWAY, _WINDOW)
        return
    if by > closed:
        return
    chased = referral.chased_at is not None and heard <= referral.chased_at
    enough = referral.chases_unheard >= clocks_of_referrals.CHASES_BEFORE_ESCALATION
    if chased and enough and referral.escalated_at is None:
        yield Step("escalate_referral", str(referral.pk), None)
    yield Step("chase", f"{referral.pk} {by}", NoticeKind.CHASED, _WINDOW)


def _unsigned_away(referral: Referral, closed: date) -> bool:
    """Its day for signing is over and it was never chased. A letter is given the days that the post takes."""
    due_on = referral.sign_due_on
    late = referral.state == ReferralState.SENT and due_on is not None and due_on <= closed
    return late and referral.chased_at is None and not referral.by_letter


_WINDOW = (Role.WINDOW_CLERK, Role.WINDOW_LEAD)
_OF_A_REFERRAL = (
    "matter_id",
    "state",
    "counterpart",
    "created_at",
    "sent_at",
    "sign_due_on",
    "signed_at",
    "heard_at",
    "chased_at",
    "chases_unheard",
    "escalated_at",
)


def _one(field: str, only: UUID | None) -> Q:
    return Q(**{field: only}) if only else Q()


def _last_closed(now: datetime) -> date:
    today = clock.local(now).date()
    return today if now > due.closing(today) else today - timedelta(days=1)
