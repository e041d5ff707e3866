"""Letters to an office without a system (转办函、催办函): masked to look at, in clear to print or save."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import models, transaction

from bancheng.catalogue.words import ReporterKind
from bancheng.centres.models import OutsideOffice
from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, NotFound
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit, masks
from bancheng.timekeeping import clock
from bancheng.web.words import day, letter_date
from tenants.matters.models import Matter
from tenants.matters.presentation import item_name
from tenants.referrals import digest, presentation, selectors, workflow
from tenants.referrals.locks import locked_referral
from tenants.referrals.models import CarriedFile, ContactLog, Direction, Referral, State

PERSONAL = ("name", "identifier", "phone", "principal_name", "principal_identifier")
COPIES = ("存档联", "寄送联")
TYPST = Path(__file__).parent / "templates" / "referrals" / "papers" / "letter.typ"
ANSWER_WITHIN_DAYS = 3
"""Working days within which a reminder asks for word (house rule)."""

Row = Sequence[tuple[str, str]]


class Kind(models.TextChoices):
    """Which letter of a referral; both bear its number."""

    LETTER = "letter", "转办函"
    REMINDER = "reminder", "催办函"


@dataclass(frozen=True)
class Letter:
    """A letter as it is set, on a page and as PDF alike. A row of the table has one labelled cell or two."""

    kind: str
    letterhead: str
    number: str
    title: str
    addressee: str
    opening: str
    rows: Sequence[Row]
    closing: Sequence[str]
    attachments: Sequence[str]
    contact: str
    signature: Sequence[str]
    date: str
    copy_to: str
    notes: Sequence[str]
    slip: Sequence[Row] = field(default=())
    """What the reply slip says of itself; none without a slip."""
    preview: bool = False


def letter_of(actor: Actor, referral_id: UUID) -> Referral:
    """The referral, if it goes by letter. Raises NotFound, NotAllowed."""
    referral = selectors.referral_for(actor, referral_id)
    if referral.direction != Direction.SENT or not referral.by_letter:
        raise NotFound("这件转办不用函件。")
    return referral


def preview(referral: Referral, kind: Kind = Kind.LETTER) -> Letter:
    """The letter with the person masked, as it is looked at before it is printed. Raises Conflict."""
    return _composed(referral, kind, _masked(referral), looked_at=True)


@transaction.atomic
def issue(*, referral_id: UUID, actor: Actor, kind: Kind = Kind.LETTER, medium: str = "page") -> Letter:
    """The letter in clear, once the audit trail says who had which letter, on a page or as "pdf".

    What was sent is printed, whatever was amended since. Raises NotFound, NotAllowed, and Conflict before
    the letter has its number, or for a reminder once there is nothing to remind of.
    """
    require(actor, "referral.log_contact")
    require(actor, "person.unmask")
    letter_of(actor, referral_id)
    referral = locked_referral(referral_id)
    if referral.state == State.DRAFT:
        raise Conflict("送出后取得文号，才能打印。", code="no_number")
    person = carried(referral)["reporter"]
    clear = {name: str(person[name]) for name in PERSONAL}
    letter = _composed(referral, kind, clear, looked_at=False)
    audit.record(
        actor=actor,
        act=f"referral.print_{kind}",
        subject=referral,
        reason=f"打印{kind.label}",
        number=referral.number,
        medium=medium,
        fields=[name for name in PERSONAL if clear[name]],
    )
    return letter


def may_remind(referral: Referral) -> bool:
    """Whether a reminder (催办函) may go out: the letter was sent, and the answer is not here yet."""
    return referral.by_letter and workflow.STEPS["chase"].fits(referral)


def carried(referral: Referral) -> dict[str, Any]:
    """What was sent, or would be sent now."""
    if referral.digest is not None:
        return dict(referral.digest)
    if referral.matter is None:
        raise NotFound("这件转办没有随转内容。")
    return digest.of(referral.matter)


def copy_to(unit_code: str) -> str:
    """Who gets copies of letters to this office, as the registry says now."""
    office = _office(unit_code)
    return office.copy_to if office else ""


# --- What the letters say ----------------------------------------------------------------------------


def _composed(referral: Referral, kind: Kind, person: dict[str, str], *, looked_at: bool) -> Letter:
    if referral.matter is None:
        raise Conflict("这件转办没有对应的反映件。", code="no_matter")
    if kind == Kind.REMINDER and not may_remind(referral):
        raise Conflict("这件转办现在不是等对方签收或办理，不用催办函。", code="wrong_state")
    says = _letter if kind == Kind.LETTER else _reminder
    centre = current_centre().name
    common: dict[str, Any] = {
        "letterhead": centre,
        "number": referral.number or "（送出后编号）",
        "addressee": f"{referral.unit_name}：",
        "contact": _contact(referral),
        "signature": (centre, "“办不成事”反映窗口"),
        "copy_to": copy_to(referral.unit_code) if referral.state == State.DRAFT else referral.copy_to,
        "preview": looked_at,
    }
    return Letter(**common | says(referral, referral.matter, person))


def _letter(referral: Referral, matter: Matter, person: dict[str, str]) -> dict[str, Any]:
    story = carried(referral)["story"]
    rows: list[Row] = [
        [("事由", story["subject"])],
        [("事项", item_name(referral.item_code))],
        [("反映人", person["name"]), ("联系电话", person["phone"] or "未留电话")],
        [("证件号码", person["identifier"] or "未提供")],
    ]
    if person["principal_name"]:
        card = person["principal_identifier"] or "未提供"
        rows.append([("被代办人", person["principal_name"]), ("证件号码", card)])
    rows += [
        [("情况", _told(story))],
        [("转办理由", referral.reason)],
        [("请办事项", referral.requested)],
    ]
    by, due = referral.sign_due_on, referral.handle_due_on or matter.due_on
    signing = f"请于{letter_date(by)}前签收" if by else "请于收到后1个工作日内签收"
    answering = f"并商请于{letter_date(due)}前函复办理结果" if due else "并函复办理结果"
    return {
        "kind": Kind.LETTER.label,
        "title": f"关于转请办理“{story['subject']}”事项的函",
        "opening": f"我中心“办不成事”反映窗口受理了以下事项（编号{matter.number}），"
        "属贵单位职责范围，现转请办理。",
        "rows": rows,
        "closing": [f"{signing}（回执附后），{answering}。反映人由我中心负责答复。"],
        "attachments": _attachments(referral),
        "date": letter_date(referral.sent_at or clock.now()),
        "notes": [*_address(referral), "本函一式两份，存档、寄送各一份。函内个人信息仅供办理此事使用。"],
        "slip": [
            [("来函单位", current_centre().name)],
            [("来函文号", referral.number or "（送出后编号）"), ("收函单位", referral.unit_name)],
            [("事由", story["subject"])],
        ],
    }


def _reminder(referral: Referral, matter: Matter, person: dict[str, str]) -> dict[str, Any]:
    awaited = "签收回执" if referral.state == State.SENT else "办理结果"
    sent = letter_date(referral.sent_at or referral.created_at)
    due, today = referral.handle_due_on or matter.due_on, clock.today()
    answering = f"并于{letter_date(due)}前函复办理结果" if due and due > today else "并尽快函复办理结果"
    contacts = [_contact_line(each) for each in referral.contacts.order_by("at")]
    return {
        "kind": Kind.REMINDER.label,
        "title": f"关于催请办理“{referral.subject}”事项的函",
        "opening": f"我中心于{sent}以{referral.number}函，转请贵单位办理以下事项，"
        f"至今已{presentation.age_of(referral)}个工作日，尚未收到{awaited}。为不使反映人久等，现予催办。",
        "rows": [
            [("事由", referral.subject)],
            [("事项", item_name(referral.item_code))],
            [("反映人", person["name"]), ("催办次数", f"第{max(1, referral.chases)}次")],
            [("请办事项", referral.requested)],
            [("联系经过", "\n".join(contacts) or "发函后还没有联系记录")],
        ],
        "closing": [
            f"请于收到本函后{ANSWER_WITHIN_DAYS}个工作日内告知办理进展，{answering}；已经办结的，请即寄复函。"
        ],
        "attachments": [],
        "date": letter_date(today),
        "notes": [*_address(referral), "本函沿用原转办文号，存档、寄送各一份。"],
    }


def _told(story: dict[str, Any]) -> str:
    been = "、".join(
        each["office"] + (f"（{each['when']}）" if each["when"] else "") for each in story["attempts"]
    )
    before = f"此前跑动{story['trips_before']}次，历时{story['months_before']}个月。"
    return f"{story['narrative']}\n{before}" + (f"曾到{been}办理。" if been else "")


def _contact_line(contact: ContactLog) -> str:
    whom = f"联系{contact.person}" if contact.reached else "没有联系上"
    signed = "，对方已签收" if contact.signed_for else ""
    return f"{day(contact.at)} {contact.get_way_display()}{whom}{signed}"


def _attachments(referral: Referral) -> list[str]:
    files = referral.files.filter(travels=CarriedFile.With.SENT)
    papers = [file.description or file.get_category_display() for file in files]
    return papers + [f"{each.get_purpose_display()}同意书" for each in referral.consents.all()]


def _contact(referral: Referral) -> str:
    clerk = referral.drafted_by
    if clerk is None:
        return "“办不成事”反映窗口"
    return f"{clerk.name}，分机{clerk.extension}" if clerk.extension else clerk.name


def _address(referral: Referral) -> list[str]:
    office = _office(referral.unit_code)
    where = [office.postcode, office.address, office.desk] if office else []
    to = "，".join(part for part in (*where, referral.contact_person or "") if part)
    return [f"寄往：{to}"] if to else []


def _office(code: str) -> OutsideOffice | None:
    return OutsideOffice.objects.filter(code=code).first()


def _masked(referral: Referral) -> dict[str, str]:
    person = carried(referral)["reporter"]
    is_person = person["kind"] == ReporterKind.PERSON
    return {
        "name": masks.mask_name(person["name"]) if is_person else person["name"],
        "identifier": masks.mask_id_number(person["identifier"]),
        "phone": masks.mask_phone(person["phone"]),
        "principal_name": masks.mask_name(person["principal_name"]),
        "principal_identifier": masks.mask_id_number(person["principal_identifier"]),
    }
