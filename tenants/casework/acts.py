"""Puts this app's forms and actions behind their transitions, and says how its acts are told."""

from collections.abc import Mapping
from typing import Any

from tenants.casework.actions import guidance, materials
from tenants.casework.forms import guidance as guidance_forms
from tenants.casework.forms import materials as materials_forms
from tenants.casework.models import LiaisonKind, LiaisonWay, VisitKind
from tenants.casework.selectors.materials import Completeness
from tenants.matters.acts import bind
from tenants.matters.telling import tell, word

# --- Materials ---------------------------------------------------------------------------------------

bind("check_materials", materials_forms.CheckMaterialsForm, materials.check_materials)
bind("ask_material", materials_forms.AskMaterialForm, materials.ask_material)
bind("receive_material", materials_forms.ReceiveMaterialForm, materials.receive_material)


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
