"""Puts this app's forms and actions behind their transitions, and says how its acts are told."""

from collections.abc import Mapping
from typing import Any

from tenants.casework.actions import guidance
from tenants.casework.forms import guidance as guidance_forms
from tenants.casework.models import LiaisonKind, LiaisonWay, VisitKind
from tenants.matters.acts import bind
from tenants.matters.telling import tell, word

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
