"""The audit trail as an auditor reads it: acts in words, what they were done to, whether the chain holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from bancheng.catalogue.words import Outcome
from bancheng.centres import anchors
from bancheng.centres.scope import current_centre
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.identity.permissions import require
from bancheng.privacy import audit
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tenants.matters import access
from tenants.matters.models import Consultation, Matter, Reporter
from tenants.matters.workflow import TRANSITIONS
from tenants.referrals.models import ContactLog, Referral

VERIFIED = "audit.verified"

ACTS: dict[str, str] = {
    **{f"matter.{name}": f"反映件·{each.label}" for name, each in TRANSITIONS.items()},
    "limits.set": "时限·设置",
    "referral.draft": "转办·起草",
    "referral.discard": "转办·作废草稿",
    "referral.revise": "转办·修改草稿",
    "referral.send": "转办·审核送出",
    "referral.recall": "转办·撤回",
    "referral.give_material": "转办·补正材料",
    "referral.chase": "转办·催办",
    "referral.escalate": "转办·提请协调",
    "referral.appeal": "转办·提请指定",
    "referral.decided": "转办·执行协调员决定",
    "referral.urged": "转办·协调员催办",
    "referral.print_letter": "转办·打印函件",
    "referral.print_reminder": "转办·打印催办函",
    "referral.log_contact": "转办·记联系情况",
    "referral.record_answer": "转办·登记复函",
    "referral.record_return": "转办·登记退函",
    "referral.recall_letter": "转办·撤回函件",
    "referral.confirm": "转办·确认反馈",
    "referral.sign": "转办·签收",
    "referral.return": "转办·退回",
    "referral.ask": "转办·要求补正",
    "referral.report": "转办·反馈进展",
    "referral.answer": "转办·办结反馈",
    "person.unmask": "查看个人信息",
    "consultation.record": "咨询·记录",
    "consultation.count": "咨询·批量计数",
    "staff.logged_in": "账号·登录",
    "staff.logged_out": "账号·退出",
    "staff.locked": "账号·锁定",
    "staff.created": "账号·开设",
    "staff.deactivated": "账号·停用",
    "staff.roles_set": "账号·调整角色",
    "staff.password_changed": "账号·修改密码",
    "staff.password_reset": "账号·重置密码",
    "staff.token_issued": "账号·发放接口令牌",
    "department.added": "部门·新增",
    "reckoning.parameters": "测算参数·录入",
    "exchange.replay": "交换·重新投递",
    "zero_report.file": "零报告·报送",
    VERIFIED: "审计·链校验",
}
"""Every act by its word; one that is not listed is shown by its name."""


# --- The list ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An entry with its act in words and what it was done to. `matter` is what it all belongs to, if any."""

    entry: AuditEntry
    act: str
    subject: str
    url: str
    matter: UUID | None
    details: str


def narrowed(entries: Any, *, matter: UUID | None, since: date | None, until: date | None) -> Any:
    """Of the trail, what was done to a matter, its reporter and its referrals, within these days."""
    if matter:
        theirs = Q(subject_type=_type(Matter), subject_id=str(matter))
        for model, ids in (
            (Reporter, Matter.objects.filter(pk=matter).values_list("reporter_id", flat=True)),
            (Referral, Referral.objects.filter(matter_id=matter).values_list("pk", flat=True)),
        ):
            theirs |= Q(subject_type=_type(model), subject_id__in=[str(pk) for pk in ids])
        entries = entries.filter(theirs)
    if since:
        entries = entries.filter(at__gte=clock.start_of(since))
    return entries.filter(at__lt=clock.end_of(until)) if until else entries


def rows(entries: Iterable[AuditEntry], actor: Actor) -> list[Row]:
    """One row each; a query for each kind of subject, however many entries there are.

    What was done to a sensitive matter is listed like all else, by its number alone: no link, no subject.
    """
    listed = list(entries)
    subjects = _subjects(listed, actor)
    drawn = []
    for entry in listed:
        label, url, matter = subjects.get((entry.subject_type, entry.subject_id), ("", "", None))
        act = ACTS.get(entry.act, entry.act)
        drawn.append(Row(entry, act, label, url, matter, _details(entry.data)))
    return drawn


_Subject = tuple[str, str, UUID | None]


def _subjects(entries: Sequence[AuditEntry], actor: Actor) -> dict[tuple[str, str], _Subject]:
    ids: dict[str, set[str]] = {}
    for entry in entries:
        ids.setdefault(entry.subject_type, set()).add(entry.subject_id)

    def asked(model: Any) -> set[str]:
        return ids.get(_type(model), set())

    found: dict[tuple[str, str], _Subject] = {}
    if asked(Matter) or asked(Reporter):
        wanted = Q(pk__in=asked(Matter)) | Q(reporter_id__in=asked(Reporter))
        matters = Matter.objects.filter(wanted).annotate(hidden=_hidden("pk", actor))
        for pk, reporter, number, hidden in matters.values_list("pk", "reporter_id", "number", "hidden"):
            url = "" if hidden else reverse("matter", args=[pk])
            found[_type(Matter), str(pk)] = (number, url, pk)
            found[_type(Reporter), str(reporter)] = (f"{number}反映人", url, pk)
    if asked(Referral):
        referrals = Referral.objects.filter(pk__in=asked(Referral)).annotate(
            hidden=_hidden("matter_id", actor)
        )
        for each in referrals.defer("digest"):
            url = "" if each.hidden else reverse("referral", args=[each.pk])
            found[_type(Referral), str(each.pk)] = (each.number or "转办草稿", url, each.matter_id)
    if asked(Staff):
        for pk, name in Staff.objects.filter(pk__in=asked(Staff)).values_list("pk", "name"):
            found[_type(Staff), str(pk)] = (name, "", None)
    if asked(Consultation):
        rows = Consultation.objects.filter(pk__in=asked(Consultation))
        rows = rows.annotate(hidden=_hidden("matter_id", actor))
        for pk, subject, hidden in rows.values_list("pk", "subject", "hidden"):
            url = reverse("consultation", args=[pk])
            found[_type(Consultation), str(pk)] = (
                ("受限咨询", "", None) if hidden else (f"咨询：{subject}", url, None)
            )
    return found


def _hidden(matter: str, actor: Actor) -> Exists:
    return Exists(access.hidden_from(actor).filter(pk=OuterRef(matter)))


def _type(model: Any) -> str:
    return str(model._meta.label_lower)


_KEYS = {
    "way": "方式",
    "outcome": "结果",
    "fields": "内容",
    "result": "结果",
}
_VALUES = {
    **dict(Outcome.choices),
    **dict(ContactLog.Way.choices),
    **Reporter.PERSONAL_FIELDS,
    "name": "姓名或名称",
}


def _details(data: dict[str, Any]) -> str:
    """Those particulars that say something to a reader; hashes and ids stay in the table."""
    said = []
    for key, word in _KEYS.items():
        if value := data.get(key):
            values = value if isinstance(value, list) else [value]
            said.append(f"{word}：{'、'.join(str(_VALUES.get(str(each), each)) for each in values)}")
    return "；".join(said)


# --- Whether it holds --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What a check of the chain found, in one sentence."""

    holds: bool
    sentence: str


@transaction.atomic
def verify(*, actor: Actor) -> Verdict:
    """Walk the whole trail, compare it with what is kept outside the schema, and enter that it was checked.

    Raises NotAllowed without the permission "audit.view".
    """
    require(actor, "audit.view")
    centre = current_centre().code
    seq, _ = audit.head()
    broken = audit.verify()
    if broken:
        verdict = Verdict(False, f"审计记录不完整：{broken.why}。请立即报告平台管理员并保全现场。")
    elif lost := anchors.lost(centre):
        why = f"与库外留存的第{lost.seq}条校验值不符"
        verdict = Verdict(False, f"{why}：记录被截去或改写，请立即报告平台管理员。")
    else:
        verdict = Verdict(True, f"审计记录完整：共{seq}条，逐条衔接，内容与校验值相符，与库外留存无矛盾。")
    result = "完整" if verdict.holds else "不完整"
    audit.record(actor=actor, act=VERIFIED, subject=("audit", centre), through=seq, result=result)
    return verdict
