"""Puts this app's forms and actions behind their transitions, and says how its acts are told."""

from collections.abc import Mapping
from typing import Any

from tenants.casework.actions import evidence, guidance, materials
from tenants.casework.forms import evidence as evidence_forms
from tenants.casework.forms import guidance as guidance_forms
from tenants.casework.forms import materials as materials_forms
from tenants.casework.models import (
    Answer,
    Category,
    Giver,
    LiaisonKind,
    LiaisonWay,
    Method,
    Purpose,
    VisitKind,
    Way,
)
from tenants.casework.selectors.materials import Completeness
from tenants.matters.acts import bind
from tenants.matters.telling import tell, word

# --- Materials ---------------------------------------------------------------------------------------

bind("check_materials", materials_forms.CheckMaterialsForm, materials.check_materials)
bind("ask_material", materials_forms.AskMaterialForm, materials.ask_material)
bind("receive_material", materials_forms.ReceiveMaterialForm, materials.receive_material)
bind("supply_material", materials_forms.SupplyMaterialForm, materials.supply_material)


def _checked(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    counts = ("total", "ready", "follows", "missing")
    return [str(Completeness(*(data.get(name, 0) for name in counts)))]


def _asked(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [f"第{data.get('number')}次，共{data.get('count')}项", f"补正期限{data.get('answer_by')}"]


def _received(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [f"所要{data.get('count')}项，收到{data.get('received')}项"]


tell("check_materials", "clipboard-list", says=_checked)
tell("ask_material", "player-pause", "amber", says=_asked)
tell("receive_material", "inbox", "teal", says=_received)
tell("supply_material", "inbox", says=lambda data, _: [data.get("item", "")])

# --- Consents and evidence ---------------------------------------------------------------------------

bind("record_consent", evidence_forms.ConsentForm, evidence.record_consent)
bind("withdraw_consent", evidence_forms.WithdrawConsentForm, evidence.withdraw_consent)
bind("offer_alternative", evidence_forms.AlternativeForm, evidence.offer_alternative)
bind("add_evidence", evidence_forms.EvidenceForm, evidence.add_evidence)


def _consented(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    said = [
        word(Purpose, data.get("purpose")),
        word(Giver, data.get("giver")),
        word(Method, data.get("method")),
    ]
    return [*said, f"有效至{data.get('valid_until')}"]


def _withdrawn(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    files = data.get("files")
    return [word(Purpose, data.get("purpose")), f"{files}个文件将销毁" if files else ""]


def _offered(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [word(Way, data.get("way")), word(Answer, data.get("answer"))]


def _added(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    health = "涉及健康信息" if data.get("health") else ""
    return [word(Category, data.get("category")), word(Purpose, data.get("purpose")), health]


def _destroyed(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [f"到期销毁{data.get('count')}个文件"]


tell("record_consent", "shield-check", "green", says=_consented)
tell("withdraw_consent", "shield-check", "red", says=_withdrawn)
tell("offer_alternative", "arrows-exchange", "teal", says=_offered)
tell("add_evidence", "paperclip", says=_added)
tell("destroy_evidence", "trash", "grey", says=_destroyed)

# --- Guidance ----------------------------------------------------------------------------------------

bind("log_liaison", guidance_forms.LiaisonForm, guidance.log_liaison)
bind("explain_policy", guidance_forms.PolicyForm, guidance.explain_policy)
bind("reckon", guidance_forms.ReckonForm, guidance.reckon)
bind("visit", guidance_forms.VisitForm, guidance.visit)


def _liaised(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    next_on = data.get("next_on")
    said = [word(LiaisonWay, data.get("way")), word(LiaisonKind, data.get("kind"))]
    return [*said, f"下次联系{next_on}" if next_on else ""]


def _explained(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    about = "含退休测算单" if data.get("reckoning") else ""
    return [about, "已签字确认" if data.get("signed") else "未签字"]


def _visited(data: Mapping[str, Any], departments: Mapping[str, str]) -> list[str]:
    return [word(VisitKind, data.get("kind")), str(data.get("on", "")), f"{data.get('people', 0)}人前往"]


tell("log_liaison", "building", says=_liaised)
tell("explain_policy", "gavel", says=_explained)
tell("reckon", "scale", "teal", says=lambda data, _: [f"参数：{data.get('parameters', '')}"])
tell("visit", "heart-handshake", "teal", says=_visited)
