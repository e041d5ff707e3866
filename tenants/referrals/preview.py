"""What the other side sees of a referral, and who there may see it: masked here, exactly what would be sent.

Pages draw what stands here; nothing here asks the database beyond what it is handed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bancheng.catalogue.words import Capacity, Kind, Mode, ReporterKind, Urgency, Vulnerability
from bancheng.identity.permissions import PERMISSIONS
from bancheng.identity.roles import names
from bancheng.privacy import masks
from bancheng.timekeeping.due import LEVELS
from tenants.casework.models import Consent, Evidence
from tenants.matters.presentation import cause_name, item_name
from tenants.referrals.models import CarriedConsent, CarriedFile, Counterpart


@dataclass(frozen=True)
class Preview:
    """Facts about the person and the case, where they had been, what goes along, and who may see it there."""

    person: list[tuple[str, str]]
    case: list[tuple[str, str]]
    attempts: list[dict[str, str]]
    files: list[str]
    consents: list[str]
    readers: list[tuple[str, str]]


def preview(
    digest: dict[str, Any],
    *,
    way: str,
    unit: str,
    files: Sequence[Evidence | CarriedFile] = (),
    consents: Sequence[Consent | CarriedConsent] = (),
) -> Preview:
    """`way`: how the other side is reached; an office without a system reads only what the letter says."""
    letter = way == Counterpart.LETTER
    return Preview(
        _masked(digest["reporter"], letter=letter),
        _case(digest, letter=letter),
        digest["story"]["attempts"],
        [file_words(file) for file in files],
        [consent_words(consent) for consent in consents],
        _readers(way, unit, sensitive=digest.get("sensitive", False)),
    )


def _case(digest: dict[str, Any], *, letter: bool) -> list[tuple[str, str]]:
    story, triage = digest["story"], digest["triage"]
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
            ("首接编号", digest.get("first_number") or digest["number"]),
        ]
    return case


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


# --- Who there may see it ----------------------------------------------------------------------------

_HEADERS_ONLY = ("市级协调员", "只看文号、事项、单位、状态和时间，看不到反映人和内容。")


def _readers(way: str, unit: str, *, sensitive: bool) -> list[tuple[str, str]]:
    """From the permission table that holds for all centres of this deployment; of others we only know who."""
    if way == Counterpart.LETTER:
        return [(f"{unit}经办来函的人员", "看到函件全文，个人信息不隐去，请封装寄送。"), _HEADERS_ONLY]
    if way == Counterpart.PEER:
        return [(f"{unit}", "看到全部随转内容，由其系统按自己的权限管理；全程加密传送。"), _HEADERS_ONLY]
    masked = "各岗位看到的内容隐去个人信息。"
    if sensitive:
        masked = "敏感件：签收前只有窗口负责人、中心主任能看，签收后只有经办此件的人能看。"
    return [
        (f"{unit}", masked),
        (names(PERMISSIONS["person.unmask"]), "可查看完整个人信息和随转文件，每次查看都记入审计。"),
        (names(PERMISSIONS["matter.add_evidence"]), "可查看涉及健康信息的文件。"),
        _HEADERS_ONLY,
    ]
