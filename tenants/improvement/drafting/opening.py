"""What a draft opens with: from codes, dates and the names of offices, never from what people told."""

from math import ceil
from typing import Any

from bancheng.catalogue.words import Kind, Mode, Outcome
from bancheng.identity.models import Department
from bancheng.privacy.traces import Known
from tenants.casework.models import Liaison, PolicyExplanation
from tenants.coordination.models import JointPart
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.matters.presentation import cause_name, item_name
from tenants.referrals.models import Referral


def opening(matter: Matter) -> dict[str, Any]:
    """The initial values of a draft of this matter."""
    causes = list(matter.causes.values_list("code", flat=True))
    stuck = "、".join(cause_name(code) for code in causes)
    units, days = _units(matter), _working_days(matter)
    item, kind, mode = item_name(matter.item_code), Kind(matter.kind).label, Mode(matter.mode).label
    outcome = Outcome(matter.outcome).label if matter.outcome else ""
    return {
        "title": f"{item}：{stuck}怎么办"[:80] if stuck else item,
        "situation": f"{kind}。事项：{item}。卡在：{stuck or '（请写明）'}。",
        "solution": f"{mode}，协同{'、'.join(units) or '（无）'}，用{days}个工作日，{outcome}。",
        "basis": "\n".join(_documents(matter)),
        "units": "、".join(units)[:200],
        "causes": causes,
        "working_days": days,
    }


def known_of(matter: Matter) -> list[Known]:
    """Whatever this matter says of a person, an employer, or those who worked on it: none of it goes out."""
    reporter = matter.reporter
    found = [Known(getattr(reporter, name) or "", f"反映人{label}") for name, label in _REPORTER.items()]
    found += [
        Known(reporter.principal_name or "", "被代办人姓名"),
        Known(reporter.principal_identifier or "", "被代办人证件号码"),
        Known(matter.query_code, "查询码"),
        Known(f"{matter.paid_amount or ''}", "到账金额"),
    ]
    offices = set(_units(matter))
    for unit, person in Liaison.objects.filter(matter=matter).values_list("unit", "contact"):
        found += [Known(unit, "对接单位")] if unit not in offices else []
        found += [Known(person or "", "对接单位联系人")]
    people = (matter.handler, matter.registrar, matter.case_leader)
    found += [Known(person.name, "工作人员姓名") for person in people if person]
    return [each for each in found if each.word]


_REPORTER = {"name": "姓名或名称", "identifier": "证件号码", "phone": "联系电话", "address": "联系地址"}


def _units(matter: Matter) -> list[str]:
    """The lead department, those that helped, those it was referred to, each once, in this order."""
    codes = [code for code in (matter.department_id, *matter.supporting) if code]
    names = dict(Department.objects.filter(code__in=codes).values_list("code", "name"))
    joint = JointPart.objects.filter(matter=matter).order_by("asked_at").values_list("office", flat=True)
    referred = (
        Referral.objects.filter(matter=matter).order_by("created_at").values_list("unit_name", flat=True)
    )
    return list(dict.fromkeys([*(names.get(code, code) for code in codes), *joint, *referred]))


def _documents(matter: Matter) -> list[str]:
    """The policies that were explained: title and number."""
    rows = PolicyExplanation.objects.filter(matter=matter).order_by("at")
    said = (
        f"《{title}》{f'（{number}）' if number else ''}"
        for title, number in rows.values_list("title", "document")
    )
    return list(dict.fromkeys(said))


def _working_days(matter: Matter) -> int:
    """From the first minute to the end of handling, whoever had it, rounded up."""
    spans = matters.hands(matters.moves(matter), until=matter.resolved_at)
    return ceil(sum(float(span.working_days) for span in spans))
