"""The coordinator's board: referrals between centres, by the headers of their envelopes. No person."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from bancheng.exchange.models import Message
from bancheng.timekeeping import clock, lights
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import closing

STATES = {
    "sent": "已送出",
    "signed": "已签收",
    "answered": "已反馈",
    "confirmed": "已确认",
    "returned": "已退回",
}
OPEN = ("sent", "signed", "answered")
CHOICES = [("open", "在办"), ("late", "逾期未签收"), *STATES.items()]


@dataclass(frozen=True)
class Line:
    """One referral on the board."""

    number: str
    source: str
    target: str
    item: str
    level: str
    state: str
    sent_at: datetime
    delivered_at: datetime | None
    sign_due_on: date
    signed_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None

    @property
    def state_label(self) -> str:
        return STATES[self.state]

    @property
    def light(self) -> lights.Light:
        """Of the term for signing, like the centres' own lists show it; grey once signed or returned."""
        finished = self.signed_at or self.ended_at
        return lights.light(self.sign_due_on, clock.now(), current_calendar(), 1, finished_at=finished)


def cases(*, state: str = "", centre: str = "") -> QuerySet[Message]:
    """The opening envelopes of all referrals, newest first, with the moments of those that followed.

    `state` is a key of CHOICES; `centre` keeps those that come from or go to it.
    """
    found = Message.objects.filter(kind="referral.sent").annotate(
        signed_at=_when("referral.signed"),
        answered_at=_when("referral.answered"),
        confirmed_at=_when("referral.confirmed"),
        returned_at=_when("referral.returned"),
        due_on=Cast(KeyTextTransform("due_on", "header"), DateField()),
    )
    found = found.annotate(
        stand=Case(
            When(confirmed_at__isnull=False, then=Value("confirmed")),
            When(returned_at__isnull=False, then=Value("returned")),
            When(answered_at__isnull=False, then=Value("answered")),
            When(signed_at__isnull=False, then=Value("signed")),
            default=Value("sent"),
            output_field=CharField(),
        )
    )
    if state == "open":
        found = found.filter(stand__in=OPEN)
    elif state == "late":
        today = clock.today()
        past = Q(due_on__lte=today) if clock.now() > closing(today) else Q(due_on__lt=today)
        found = found.filter(past, stand="sent")
    elif state:
        found = found.filter(stand=state)
    if centre:
        found = found.filter(Q(source=centre) | Q(target=centre))
    return found.order_by("-created_at", "-id")


def line(message: Message) -> Line:
    """An envelope that `cases` found, as a line of the board."""
    found = message.__dict__  # what `cases` annotated
    return Line(
        number=message.header["number"],
        source=message.source,
        target=message.target,
        item=message.header["item"],
        level=str(message.header.get("level", "")),
        state=found["stand"],
        sent_at=message.created_at,
        delivered_at=message.delivered_at,
        sign_due_on=found["due_on"],
        signed_at=found["signed_at"],
        answered_at=found["answered_at"],
        ended_at=found["confirmed_at"] or found["returned_at"],
    )


def late() -> QuerySet[Message]:
    """Those that were not signed for in time."""
    return cases(state="late")


def _when(kind: str) -> Subquery:
    followed = Message.objects.filter(case_id=OuterRef("case_id"), kind=kind).order_by("created_at")
    return Subquery(followed.values("created_at")[:1], output_field=DateTimeField())
