"""How a referral is shown: its row in a list, its steps, in whose hands it is, what travels with it (masked).

Pages draw what stands here; nothing here asks the database beyond what it is handed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bancheng.catalogue.words import Capacity, Kind, Mode, ReporterKind, Urgency, Vulnerability
from bancheng.privacy import masks
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from bancheng.timekeeping.due import LEVELS
from bancheng.timekeeping.holders import Holder
from bancheng.timekeeping.lights import Light
from tenants.casework.models import Consent, Evidence
from tenants.matters.presentation import cause_name, item_name
from tenants.referrals import selectors
from tenants.referrals.models import CarriedConsent, CarriedFile, Direction, Referral, State

OUR_WINDOW = "本中心窗口"


@dataclass(frozen=True)
class Row:
    """A referral in a list. `age` in working days since it was sent, or drafted."""

    referral: Referral
    item: str
    light: Light
    holder: str
    age: int


def rows(referrals: Iterable[Referral]) -> list[Row]:
    """One row each; no query beyond that of `referrals`."""
    return [row(referral) for referral in referrals]


def row(referral: Referral) -> Row:
    return Row(
        referral,
        item_name(referral.item_code),
        selectors.light_of(referral),
        holder_of(referral),
        age_of(referral),
    )


def holder_of(referral: Referral) -> str:
    """Who has the next move, "" once it has ended."""
    ours = referral.direction == Direction.SENT
    match referral.state:
        case State.DRAFT:
            return OUR_WINDOW
        case State.SENT:
            return referral.unit_name if ours else OUR_WINDOW
        case State.SIGNED:
            return referral.unit_name if ours else _at_work_here(referral)
        case State.ANSWERED:
            return OUR_WINDOW if ours else referral.unit_name
    return ""


def waiting_for(referral: Referral) -> str:
    """Who has to do what now, in one sentence."""
    unit, matter = referral.unit_name, referral.matter
    if referral.direction == Direction.SENT:
        return {
            State.DRAFT: "待窗口负责人审核送出。",
            State.SENT: f"待{unit}签收来函：请打印寄送，并联系对方确认。"
            if referral.by_letter
            else f"待{unit}签收，应于1个工作日内签收。",
            State.SIGNED: f"{unit}办理中，待其反馈。",
            State.ANSWERED: f"{unit}已反馈，待窗口负责人确认。",
            State.CONFIRMED: "已确认反馈，反映件已转回本中心承办部门。",
            State.RETURNED: f"{unit}已退回，反映件已转回本中心承办部门。",
        }[State(referral.state)]
    if referral.state == State.SIGNED and matter is not None and matter.state in selectors.ANSWERABLE:
        return f"本中心已办理，待窗口负责人向{unit}办结反馈。"
    return {
        State.DRAFT: "",
        State.SENT: "待窗口负责人签收，应于1个工作日内签收。",
        State.SIGNED: f"{_at_work_here(referral)}办理中。",
        State.ANSWERED: f"已反馈，待{unit}确认。",
        State.CONFIRMED: f"{unit}已确认，本中心反映件已销号。",
        State.RETURNED: f"已退回{unit}。",
    }[State(referral.state)]


def age_of(referral: Referral) -> int:
    """Working days from sending (drafting, before that) to the end, or to today."""
    start, end = referral.sent_at or referral.created_at, referral.ended_at or clock.now()
    return current_calendar().between(clock.local(start).date(), clock.local(end).date())


def _at_work_here(referral: Referral) -> str:
    matter = referral.matter
    if matter is not None and matter.holder == Holder.DEPARTMENT:
        return str(matter.department)
    return OUR_WINDOW


# --- Steps -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    label: str
    status: str
    at: datetime | None = None


def steps(referral: Referral) -> list[Step]:
    """The way of a referral with when each step was taken; one that was sent back ends there."""
    taken = [
        ("送出", referral.sent_at),
        ("签收", referral.signed_at),
        ("办结反馈", referral.answered_at),
        ("确认", referral.ended_at if referral.state == State.CONFIRMED else None),
    ]
    if referral.direction == Direction.SENT:
        taken.insert(0, ("起草", referral.created_at))
    if referral.state == State.RETURNED:
        done = [Step(label, "done", at) for label, at in taken if at]
        return [*done, Step("退回", "current", referral.ended_at)]
    drawn: list[Step] = []
    for label, at in taken:
        current = at is None and (not drawn or drawn[-1].status == "done")
        drawn.append(Step(label, "done" if at else "current" if current else "todo", at))
    return drawn


# --- What travels ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Brought:
    """What the other side sees, masked here: facts about the person and the case, and where they had been."""

    person: list[tuple[str, str]]
    case: list[tuple[str, str]]
    attempts: list[dict[str, str]]


def brought(digest: dict[str, Any], *, letter: bool) -> Brought:
    """`letter`: an office without a system reads only what the letter says."""
    person, story, triage = digest["reporter"], digest["story"], digest["triage"]
    case = [
        ("事由", story["subject"]),
        ("事项", item_name(story["item_code"])),
        ("情况说明", story["narrative"]),
        ("此前跑动", f"{story['trips_before']}次，历时{story['months_before']}个月"),
    ]
    if not letter:
        case += [
            ("类别", f"{Kind(story['kind']).label}，{Urgency(story['urgency']).label}"),
            ("难度", str(LEVELS.get(triage["level"], "")) or "—"),
            ("办理方式", Mode(triage["mode"]).label),
            ("根因", "、".join(cause_name(code) for code in triage["causes"]) or "—"),
        ]
    return Brought(_masked(person, letter=letter), case, story["attempts"])


def _masked(person: dict[str, Any], *, letter: bool) -> list[tuple[str, str]]:
    is_person = person["kind"] == ReporterKind.PERSON
    shown = [
        ("姓名或名称", masks.mask_name(person["name"]) if is_person else person["name"]),
        ("证件号码", masks.mask_id_number(person["identifier"]) or "未提供"),
        ("联系电话", masks.mask_phone(person["phone"]) or "未留电话"),
    ]
    if person["principal_name"]:
        principal = (person["principal_name"], person["principal_identifier"])
        said = f"{masks.mask_name(principal[0])} {masks.mask_id_number(principal[1])}".strip()
        shown.append(("被代办人", said))
    if not letter:
        shown += [
            ("联系地址", "随转" if person["address"] else "未留地址"),
            ("身份", Capacity(person["capacity"]).label),
            ("特殊困难", "、".join(Vulnerability(tag).label for tag in person["vulnerable"]) or "无"),
        ]
    return shown


# --- Files and consents ------------------------------------------------------------------------------


def file_words(file: Evidence | CarriedFile) -> str:
    """A file in one line: what it shows, its name, how large, until when it is kept."""
    health = "，涉及健康信息" if file.health else ""
    return (
        f"{file.get_category_display()}：{file.name}"
        f"（{size_words(file.size)}，{file.destroy_on:%Y-%m-%d}销毁{health}）"
    )


def consent_words(consent: Consent | CarriedConsent) -> str:
    """A consent in one line, the giver masked."""
    giver = f"{consent.get_giver_display()}{masks.mask_name(consent.name)}"
    return f"{consent.get_purpose_display()}（{giver}，{consent.valid_from}至{consent.valid_until}）"


def size_words(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / (1024 * 1024):.1f}MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))}KB"
