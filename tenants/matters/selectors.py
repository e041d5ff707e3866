"""What is read of matters: by whom, in which order, with how many queries."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from bancheng.errors import NotAllowed, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import allowed, require
from bancheng.identity.roles import DEPARTMENT_ROLES, Role
from bancheng.privacy.index import blind_index, normalise
from bancheng.tenancy import TenantQuerySet
from bancheng.timekeeping import clock, lights
from bancheng.timekeeping.calendar import WorkingCalendar
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import LEVELS, closing
from bancheng.timekeeping.holders import Holder, Point, Span, spans
from tenants.matters import access, clocks
from tenants.matters.models import Consultation, Event, Matter, MatterCause
from tenants.matters.states import ENDED, IN_HAND, OPEN, RUNNING, State
from tenants.matters.workflow import EXTENSIONS_AT_MOST

Matters = TenantQuerySet[Matter]


@dataclass(frozen=True)
class Filters:
    """What a list may be narrowed by; empty means all."""

    q: str = ""
    state: str = ""
    kind: str = ""
    item: str = ""
    department: str = ""
    light: str = ""
    since: date | None = None
    until: date | None = None


def visible_to(actor: Actor) -> Matters:
    """The matters that this person may see: department staff see only what is assigned to theirs.

    Of sensitive ones only those that the person is on, see `access`.
    """
    require(actor, "matter.view")
    matters: Matters = Matter.objects.filter(access.seen_by(actor))
    if actor.roles <= DEPARTMENT_ROLES:
        theirs = Q(department_id=actor.department) | Q(supporting__contains=[actor.department])
        matters = matters.filter(theirs | Q(admitted__contains=[actor.id]))
    return matters.select_related("reporter", "department", "handler")


_TAKEN_IN = (
    Matter.objects.filter(merged_into=OuterRef("pk"))
    .order_by("machine_number")
    .values(each=JSONObject(id="pk", number="number"))
)

_CAUSES = (
    MatterCause.objects.filter(matter=OuterRef("pk"))
    .order_by("-principal", "code")
    .values(each=JSONObject(code="code", principal="principal"))
)


def matter_for(actor: Actor, matter_id: UUID) -> Matter:
    """One matter with what its page needs, in two queries.

    `taken_in` are the id and number of each matter merged into it, `cause_list` its causes, principal first.

    Raises NotAllowed for another department's; NotFound for one that does not exist, and likewise for a
    sensitive one that the person is not on, so that nothing betrays it.
    """
    try:
        matter = (
            Matter.objects.filter(access.seen_by(actor))
            .select_related("reporter", "department", "handler", "registrar", "case_leader", "merged_into")
            .prefetch_related("prior_attempts")
            .annotate(taken_in=ArraySubquery(_TAKEN_IN), cause_list=ArraySubquery(_CAUSES))
            .get(pk=matter_id)
        )
    except Matter.DoesNotExist:
        raise NotFound("没有这个反映件。") from None
    require(actor, "matter.view")
    inside = actor.department in (matter.department_id, *matter.supporting) or actor.id in matter.admitted
    if actor.roles <= DEPARTMENT_ROLES and not inside:
        raise NotAllowed("此件没有交办给您所在的部门，您不能查看或办理。")
    return matter


def listed(actor: Actor, filters: Filters) -> Matters:
    """The workbook's list, newest first, as narrowed by `filters`."""
    matters = visible_to(actor)
    if filters.q:
        matters = matters.filter(_matching(filters.q.strip()))
    if filters.state == "open":
        matters = matters.filter(state__in=OPEN)
    elif filters.state == "ended":
        matters = matters.filter(state__in=ENDED)
    elif filters.state:
        matters = matters.filter(state=filters.state)
    if filters.kind:
        matters = matters.filter(kind=filters.kind)
    if filters.item:
        matters = matters.filter(item_code=filters.item)
    if filters.department:
        matters = matters.filter(department_id=filters.department)
    if filters.since:
        matters = matters.filter(registered_at__gte=clock.start_of(filters.since))
    if filters.until:
        matters = matters.filter(registered_at__lt=clock.end_of(filters.until))
    if filters.light:
        matters = matters.filter(_lit(filters.light))
    return matters


def about(matters: Matters, text: str) -> Matters:
    """Those whose number or subject has `text` in it: what stands in clear, so it may stand in an address."""
    return matters.filter(_in_clear(text.strip()))


def timeline(matter: Matter, *, newest: int = 0) -> list[Event]:
    """What was done to a matter, oldest first: all of it, or only the newest so many."""
    if newest:
        return list(matter.events.order_by("-seq")[:newest])[::-1]
    return list(matter.events.order_by("seq"))


def moves(matter: Matter) -> list[Event]:
    """All events, oldest first, without their notes, which need not be opened to reckon with."""
    return list(matter.events.defer("note").order_by("seq"))


def hands(
    events: list[Event], *, until: datetime | None = None, calendar: WorkingCalendar | None = None
) -> list[Span]:
    """Whose hands the time went through, in working days, up to `until`, or to now or the end."""
    held = [e for e in events if e.holder]
    if not held:
        return []
    # By what ended it, not by what came later.
    ended = until or next((e.at for e in events if e.seq > held[-1].seq), None)
    return spans(_points(held), ended or clock.now(), calendar or current_calendar())


def _points(held: Iterable[Event]) -> Iterator[Point]:
    """Who had it from when; an act that names nobody leaves it where it was."""
    holder, label = "", ""
    for event in held:
        kept = label if event.holder == holder else ""
        holder, label = event.holder, event.holder_label or kept
        yield Point(event.at, Holder(holder), label or Holder(holder).label)


def light_of(matter: Matter) -> lights.Light:
    """The light of its handling clock: it stops when the department has resolved it."""
    return lights.light(
        matter.due_on,
        clock.now(),
        current_calendar(),
        matter.handling_days or 1,
        finished_at=matter.resolved_at or matter.ended_at,
        paused=matter.state == State.AWAITING_MATERIAL,
    )


# --- The workbench -----------------------------------------------------------------------------------

_UNDESIGNATED = Q(state=State.ACCEPTED, returns__gte=2)
_TO_CLOSE = Q(state=State.REPLIED, origin_referral=None, called_back=True)
_AT_THE_DEPARTMENT = Q(state__in=(State.ASSIGNED, State.HANDLING))
WAITING: dict[Role, Q] = {
    Role.WINDOW_CLERK: Q(state=State.REGISTERED, level=None)
    | Q(state=State.REGISTERED, level=1)
    | Q(state=State.RESOLVED),
    Role.WINDOW_LEAD: Q(state__in=(State.REGISTERED, State.RESOLVED, State.AWAITING_SIGNOFF))
    | (Q(state=State.ACCEPTED) & ~_UNDESIGNATED)
    | _TO_CLOSE,
    Role.DEPUTY: Q(state=State.AWAITING_SIGNOFF),
    Role.DIRECTOR: Q(state=State.AWAITING_SIGNOFF) | _UNDESIGNATED,
    Role.SUPERVISOR: Q(supervised=True, state__in=OPEN),
    Role.CALLER: access.TO_CALL_BACK,
}
"""What waits for a role: it has the next move. A department's people: see `mine`; whose signature is asked
for, the app of signatures knows."""


def mine(actor: Actor) -> Matters:
    """What waits for this person, soonest due first; of signatures all that the role might give."""
    waiting = Q(pk=None)
    for role in actor.roles:
        waiting |= WAITING.get(role, Q(pk=None))
    if actor.department and actor.roles & DEPARTMENT_ROLES:
        waiting |= _AT_THE_DEPARTMENT & Q(department_id=actor.department)
        waiting |= Q(state__in=IN_HAND, unanswered__contains=[actor.department])
    return visible_to(actor).filter(waiting).order_by("due_on", "registered_at")


def of_my_department(actor: Actor) -> Matters:
    """Everything open that is assigned to this person's department."""
    return (
        visible_to(actor)
        .filter(state__in=OPEN, department_id=actor.department)
        .order_by("due_on", "registered_at")
    )


def to_sign(actor: Actor) -> Matters:
    """Assigned and not signed for: to the own department for its people, to any for the window."""
    matters = visible_to(actor).filter(state=State.ASSIGNED)
    if allowed(actor, "matter.sign") and actor.department:
        matters = matters.filter(department_id=actor.department)
    return matters.order_by("assigned_at")


def due_soon(actor: Actor) -> Matters:
    """The clock runs, and it is due today or on the next working day."""
    return visible_to(actor).filter(_lit("amber")).order_by("due_on")


def due_today(actor: Actor) -> Matters:
    return visible_to(actor).filter(_COUNTING, due_on=clock.today())


def overdue(actor: Actor) -> Matters:
    """The clock runs, and the due date has passed."""
    return visible_to(actor).filter(_lit("red")).order_by("due_on")


def progress_due(actor: Actor) -> Matters:
    """The reporter is to hear by close of today how it stands, or should have; longest unheard first."""
    return visible_to(actor).filter(owed_progress()).order_by("last_told_at", "accepted_at")


def owed_progress() -> Q:
    """The same as an amber or red `clocks.progress_light` that is due today or passed."""
    since = clocks.progress_owed_since(clock.today(), current_calendar())
    unheard = Q(last_told_at__lt=clock.end_of(since))
    unheard |= Q(last_told_at=None, accepted_at__lt=clock.end_of(since))
    return _OWES_WORD & unheard


def first_contact_missing(actor: Actor) -> Matters:
    """Accepted, and nobody has reached the reporter since; oldest first."""
    return visible_to(actor).filter(owed_first_contact()).order_by("accepted_at")


def owed_first_contact() -> Q:
    """The same as an amber or red `clocks.first_contact_light`."""
    return _OWES_WORD & Q(first_contact_at=None, accepted_at__isnull=False)


_OWES_WORD = Q(state__in=clocks.OWING_WORD, origin_referral=None)


def to_reply(actor: Actor) -> Matters:
    """Resolved, and the reporter has not been told."""
    return visible_to(actor).filter(state=State.RESOLVED).order_by("resolved_at")


def todays_events(actor: Actor, *, limit: int = 12) -> list[Event]:
    """What happened today in the matters that this person may see, newest first."""
    return list(
        Event.objects.filter(at__gte=clock.start_of(clock.today()), matter__in=visible_to(actor).values("pk"))
        .select_related("matter")
        .order_by("-at")[:limit]
    )


def reckoned_by_another_calendar() -> list[UUID]:
    """Whose clock runs by a due date that was not reckoned by the calendar in force."""
    running = Matter.objects.filter(state__in=RUNNING, due_on__isnull=False)
    return list(running.exclude(reckoned_by=current_calendar().digest).values_list("pk", flat=True))


def without_owner() -> Matters:
    """件件有着落: open matters that nobody holds. Must be empty."""
    return Matter.objects.filter(
        Q(state__in=OPEN, holder="") | Q(state__in=(State.ASSIGNED, State.HANDLING), department=None)
    )


def without_reply() -> Matters:
    """事事有回音: ended as handled, yet never replied to. Must be empty.

    Whoever brought a matter that was merged is owed an answer once the other reporter has had one.
    """
    handled = Q(state=State.CLOSED) | Q(state=State.MERGED, merged_into__replied_at__isnull=False)
    return Matter.objects.filter(handled, replied_at=None)


# --- At the counter ----------------------------------------------------------------------------------


def consultations(actor: Actor, *, q: str = "", open_only: bool = False) -> TenantQuerySet[Consultation]:
    """Consultations that were written down, newest first; not those of a sensitive matter of others."""
    require(actor, "matter.view")
    rows: TenantQuerySet[Consultation] = Consultation.objects.select_related("clerk")
    rows = rows.exclude(matter_id__in=access.hidden_from(actor).values("pk"))
    if q:
        rows = rows.filter(subject__icontains=q.strip())
    return rows.filter(matter_id=None) if open_only else rows


def consultation_for(actor: Actor, consultation_id: UUID) -> Consultation:
    """One consultation. Raises NotFound."""
    row = consultations(actor).filter(pk=consultation_id).first()
    if row is None:
        raise NotFound("没有这条咨询记录。")
    return row


# --- Helpers -----------------------------------------------------------------------------------------


_LONGEST_TERM = (1 + EXTENSIONS_AT_MOST) * max(level.days for level in LEVELS.values())
"""In working days: an extension adds at most what the level allows."""


def _lit(colour: str) -> Q:
    """The same as `light_of`, asked of the database."""
    now, calendar = clock.now(), current_calendar()
    today = clock.today()
    past = Q(due_on__lt=today) if now <= closing(today) else Q(due_on__lte=today)
    soon = Q(due_on__lte=calendar.add(today, 1))
    for left in range(2, _LONGEST_TERM // 5 + 1):  # 80 % of the term is over when a fifth or less is left
        soon |= Q(due_on__lte=calendar.add(today, left), handling_days__gte=5 * left)
    chosen = {"red": past, "amber": soon & ~past, "green": ~past & ~soon}.get(colour, Q())
    return _COUNTING & Q(due_on__isnull=False) & chosen


_COUNTING = Q(state__in=RUNNING) & ~Q(state=State.AWAITING_MATERIAL)
"""The clock runs and is not paused."""


_CARD = re.compile(r"\d{17}[\dXx]|[0-9A-HJ-NPQRTUWXY]{18}")
_NUMBER = re.compile(r"BF\d{6}-\d{4}-\d{6}", re.IGNORECASE)


def _in_clear(text: str) -> Q:
    found = Q(subject__icontains=text) | Q(number__icontains=text)
    return found | Q(machine_number=text.upper()) if _NUMBER.fullmatch(text) else found


def _matching(text: str) -> Q:
    """Number, card, phone and name by exact value; the subject by part of its words."""
    found = _in_clear(text)
    if not normalise(text):
        return found  # signs alone: nobody is called so
    if _CARD.fullmatch(text.replace(" ", "").upper()):
        index = blind_index("identifier", text)
        return found | Q(reporter__identifier_index=index) | Q(reporter__principal_index=index)
    if any(c.isdigit() for c in text):
        found |= Q(reporter__phone_index=blind_index("phone", text))
    return found | Q(reporter__name_index=blind_index("name", text))
