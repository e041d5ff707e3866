"""The coordinator's board: every referral by its header, the stuck ones on top. No person, no free text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast

from bancheng.catalogue.words import Outcome
from bancheng.exchange.models import Message
from bancheng.overview.models import BoardCase
from bancheng.overview.selectors import item_name
from bancheng.timekeeping import clock, lights
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import closing

STATES: Final = {
    "sent": "已送出",
    "signed": "已签收",
    "asked": "要求补正",
    "recalling": "撤回中",
    "answered": "已反馈",
    "confirmed": "已确认",
    "returned": "已退回",
    "recalled": "已撤回",
    "redirected": "已改派",
}
UNDER_WAY: Final = ("sent", "signed", "asked", "recalling", "answered")
WITH_TARGET: Final = ("sent", "signed", "recalling")
"""The states in which it is for the unit that was asked to move; in the others under way it is for home."""
WAYS: Final = {"centre": "本系统中心", "peer": "外系统单位", "letter": "函件单位"}
GROUNDS: Final = {
    "territory": "属地不符",
    "level": "层级权限不符",
    "duty": "不属本单位职责",
    "material": "材料不足",
    "duplicate": "同一事项已在办",
    "other": "其他",
}
DECISIONS: Final = {"urge": "催办", "designate": "指定承办", "redirect": "改派"}

SILENT_DAYS: Final = 5
"""A case is silent once more working days than these have passed since one of the two sides moved."""

COORDINATOR: Final = "市级协调员"


# --- What is stuck -----------------------------------------------------------------------------------


def appealed() -> Q:
    """Home asks the coordinator to designate a unit, and nobody has yet."""
    return Q(state="returned", appealed_at__isnull=False) & _undecided_since("appealed_at")


def escalated() -> Q:
    """Home asks the coordinator to step in, and nobody has yet."""
    return Q(state__in=UNDER_WAY, escalated_at__isnull=False) & _undecided_since("escalated_at")


def late_signing() -> Q:
    return Q(state="sent") & _past("sign_due_on")


def late_material() -> Q:
    return Q(state="asked") & _past("asked_due_on")


def late_handling() -> Q:
    return Q(state__in=("signed", "asked", "recalling")) & _past("handle_due_on")


def silent() -> Q:
    """Nobody has moved for more than SILENT_DAYS working days."""
    calendar, day, passed = current_calendar(), clock.today(), 0
    while passed <= SILENT_DAYS:
        passed += calendar.is_workday(day)
        day -= timedelta(days=1)
    return Q(state__in=UNDER_WAY, moved_at__lt=clock.start_of(day + timedelta(days=1)))


FILTERS: Final[dict[str, tuple[str, Callable[[], Q]]]] = {
    "open": ("在途", lambda: Q(state__in=UNDER_WAY)),
    "appealed": ("提请指定", appealed),
    "escalated": ("提请协调", escalated),
    "overdue": ("逾期（全部）", lambda: late_signing() | late_material() | late_handling()),
    "late": ("逾期未签收", late_signing),
    "late_material": ("补正超期", late_material),
    "late_handling": ("办理超期", late_handling),
    "silent": (f"沉默超{SILENT_DAYS}个工作日", silent),
}
"""What may be asked for beside a state: its word, and how it is found today."""


def _undecided_since(column: str) -> Q:
    return Q(decided_at__isnull=True) | Q(decided_at__lt=F(column))


def _past(column: str) -> Q:
    """Due by the close of a day that is over for the offices."""
    today = clock.today()
    over = "lte" if clock.now() > closing(today) else "lt"
    return Q(**{f"{column}__{over}": today})


# --- The list ----------------------------------------------------------------------------------------

_RANKED: Final[tuple[tuple[Callable[[], Q], str], ...]] = (
    (appealed, "appealed_at"),
    (escalated, "escalated_at"),
    (late_signing, "sign_due_on"),
    (late_material, "asked_due_on"),
    (silent, "moved_at"),
    (late_handling, "handle_due_on"),
)
"""What stands on top, in this order; among equals whoever has waited longest."""


def cases(
    *, state: str = "", unit: str = "", way: str = "", item: str = "", number: str = ""
) -> QuerySet[BoardCase]:
    """All referrals, the stuck ones first, then the newest.

    `state` is a state or a key of FILTERS; `unit` the code of either side; `number` a part of the letter's
    or the matter's number. Each row knows whether the last word about it is still under way.
    """
    found = BoardCase.objects.all()
    if state in FILTERS:
        found = found.filter(FILTERS[state][1]())
    elif state:
        found = found.filter(state=state)
    if unit:
        found = found.filter(Q(source=unit) | Q(target=unit))
    if way:
        found = found.filter(way=way)
    if item:
        found = found.filter(item=item)
    if number:
        found = found.filter(Q(number__icontains=number) | Q(matter__icontains=number))
    on_the_way = Message.objects.filter(case_id=OuterRef("pk")).exclude(state=Message.State.DELIVERED)
    last = len(_RANKED)
    return found.annotate(
        undelivered=Exists(on_the_way),
        rank=Case(
            *(When(stuck(), then=Value(place)) for place, (stuck, _) in enumerate(_RANKED)),
            default=Value(last),
            output_field=IntegerField(),
        ),
        waits_since=Case(
            *(When(stuck(), then=Cast(column, DateTimeField())) for stuck, column in _RANKED),
            output_field=DateTimeField(),
        ),
    ).order_by("rank", F("waits_since").asc(nulls_last=True), "-sent_at", "-case_id")


def waiting() -> QuerySet[BoardCase]:
    """What is for the coordinator to do: asked to, or not signed for in time."""
    return BoardCase.objects.filter(appealed() | escalated() | late_signing())


def figures() -> dict[str, int]:
    """How many there are of each of FILTERS. One query."""
    counted = {name: Count("pk", filter=found()) for name, (_, found) in FILTERS.items()}
    return BoardCase.objects.aggregate(**counted)


# --- One of them -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A referral as the board shows it, its units by their names in `short` where they have one there.

    Ages are in working days.
    """

    case: BoardCase
    short: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return self.short.get(self.case.source, self.case.source_name)

    @property
    def target(self) -> str:
        return self.short.get(self.case.target, self.case.target_name)

    @property
    def item(self) -> str:
        return item_name(self.case.item)

    @property
    def state_label(self) -> str:
        return STATES.get(self.case.state, self.case.state)

    @property
    def way_label(self) -> str:
        return WAYS.get(self.case.way, self.case.way)

    @property
    def ground_label(self) -> str:
        return GROUNDS.get(self.case.ground, self.case.ground)

    @property
    def outcome_label(self) -> str:
        return str(Outcome(self.case.outcome).label) if self.case.outcome in Outcome.values else ""

    @property
    def decision_label(self) -> str:
        return DECISIONS.get(self.case.decision, "")

    @property
    def designated(self) -> bool:
        """Whether it went to this unit because the coordinator said so."""
        return bool(self.case.designated_at) and self.case.decision not in ("designate", "redirect")

    @property
    def under_way(self) -> bool:
        return self.case.state in UNDER_WAY

    @property
    def appealed(self) -> bool:
        """Whether home waits for a unit to be designated."""
        case = self.case
        return case.state == "returned" and _unheard(case.appealed_at, case.decided_at)

    @property
    def escalated(self) -> bool:
        """Whether home waits for the coordinator to step in."""
        return self.under_way and _unheard(self.case.escalated_at, self.case.decided_at)

    @property
    def holder(self) -> str:
        """Who has the next move, "" once it has ended."""
        if self.appealed:
            return COORDINATOR
        if self.case.state in WITH_TARGET:
            return self.target
        return self.source if self.under_way else ""

    @property
    def age(self) -> int:
        """From sending to the end, or to today."""
        return _working_days(self.case.sent_at, self.case.ended_at or clock.now())

    @property
    def silence(self) -> int:
        """Since one of the two sides last moved; 0 once it has ended."""
        return _working_days(self.case.moved_at, clock.now()) if self.under_way else 0

    @property
    def silent(self) -> bool:
        return self.silence > SILENT_DAYS

    @property
    def light(self) -> lights.Light:
        """Of the term that runs: for signing, for giving material, else for handling; grey at the end."""
        case = self.case
        if not self.under_way or case.state == "answered":
            return lights.FINISHED
        if case.state == "sent":
            return _light(case.sign_due_on, 1)
        if case.state == "asked" and case.asked_at and case.asked_due_on:
            return _light(case.asked_due_on, _days(case.asked_at, case.asked_due_on))
        if case.signed_at and case.handle_due_on:
            return _light(case.handle_due_on, _days(case.signed_at, case.handle_due_on))
        return lights.NOT_STARTED

    @property
    def due(self) -> tuple[str, date | None]:
        """What the light is about, and by when; nothing where no term runs."""
        case = self.case
        terms = {"sent": ("签收期限", case.sign_due_on), "asked": ("补正期限", case.asked_due_on)}
        if case.state in ("signed", "recalling"):
            return "办理期限", case.handle_due_on
        return terms.get(case.state, ("", None))


def _unheard(asked_at: datetime | None, decided_at: datetime | None) -> bool:
    return asked_at is not None and (decided_at is None or decided_at < asked_at)


def _light(due_on: date, days: int) -> lights.Light:
    return lights.light(due_on, clock.now(), current_calendar(), days)


def _days(start: datetime, end: date) -> int:
    return max(current_calendar().between(clock.local(start).date(), end), 1)


def _working_days(start: datetime, end: datetime) -> int:
    return current_calendar().between(clock.local(start).date(), clock.local(end).date())


def choices() -> list[tuple[Any, Any]]:
    """What the list may be narrowed by as a state, for a form's field."""
    return [("", "全部状态"), *((name, word) for name, (word, _) in FILTERS.items()), *STATES.items()]
