"""The counter: the intake form, and the help that stands beside it while it is typed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.models import Item, ItemMaterial
from bancheng.catalogue.words import ReporterKind
from bancheng.errors import Conflict, NotFound, Refused
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.precedents import search as precedents
from bancheng.precedents.search import Suggestion
from bancheng.privacy import identifiers
from bancheng.timekeeping import clock
from bancheng.web.http import require_valid
from tenants.matters import actions, known, presentation, selectors
from tenants.matters.actions.intake import REPEAT_WITHIN_DAYS
from tenants.matters.forms.intake import RegisterForm
from tenants.matters.models import Matter
from tenants.matters.views.answers import tell_once

WHOLE_NUMBER = 18
"""Signs of a card or credit code; a shorter one is still being typed."""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: HttpRequest) -> HttpResponse:
    """Take a matter down; from a consultation (?consultation=…) nothing is typed again."""
    actor = actor_of(request)
    require(actor, "matter.register")
    if request.method != "POST":
        form = RegisterForm(initial=from_consultation(actor, request.GET.get("consultation", "")))
        form.fields["name"].widget.attrs["autofocus"] = True
        return render(request, "matters/intake.html", {"form": form})
    form = RegisterForm(request.POST)
    try:
        require_valid(form)
        matter = actions.register(actor=actor, **form.arguments())
    except Refused as refused:
        tell_once(form, refused)
        return render(request, "matters/intake.html", {"form": form}, status=refused.status)
    messages.success(request, f"已登记，编号{matter.number}。请打印登记回执交反映人。")
    for warning in form.warnings:
        messages.warning(request, warning)
    return redirect("matter", matter.pk)


def from_consultation(actor: Actor, given: str) -> dict[str, Any]:
    """What the consultation already says, by the intake form's fields. Raises NotFound, Conflict."""
    if not given:
        return {}
    try:
        row = selectors.consultation_for(actor, UUID(given))
    except ValueError:
        raise NotFound("没有这条咨询记录。") from None
    if row.matter_id is not None:
        raise Conflict("这条咨询已经转为反映件，请在咨询记录中打开。", code="already_promoted")
    told = [f"咨询：{row.question}" if row.question else "", f"当时答复：{row.answer}" if row.answer else ""]
    return {
        "reporter_kind": row.reporter_kind,
        "name": row.name or "",
        "phone": row.phone or "",
        "channel": row.channel,
        "item_code": row.item_code,
        "subject": row.subject,
        "narrative": "\n".join(part for part in told if part),
        "consultation_id": row.pk,
    }


# --- Help while typing -------------------------------------------------------------------------------


@dataclass
class Help:
    """What the window knows already about this person and this item."""

    wrong: list[str] = field(default_factory=list)
    before: list[presentation.Row] = field(default_factory=list)
    restricted: bool = False
    repeats: Matter | None = None
    item: Item | None = None
    materials: Sequence[ItemMaterial] = ()
    similar: list[Matter] = field(default_factory=list)
    first_of_kind: bool = False
    looked: bool = False
    """Whether there was anything to look for precedents by."""
    precedents: Sequence[Suggestion] = ()


@sensitive_post_parameters()
@require_POST
def intake_help(request: HttpRequest) -> HttpResponse:
    """For htmx, while the form is typed: posted, so that no card number stands in an address."""
    actor = actor_of(request)
    require(actor, "matter.register")
    return render(request, "matters/parts/intake_help.html", {"help": _help(actor, request.POST)})


def _help(actor: Actor, typed: QueryDict) -> Help:
    helped = Help()
    _look_for_person(helped, actor, typed)
    code, subject = typed.get("item_code", ""), typed.get("subject", "").strip()
    if code not in {item.code for item in catalogue.items()}:
        code = ""
    helped.looked = bool(code or len(subject) > precedents.SHORTEST)
    if helped.looked:
        helped.precedents = precedents.suggested(item=code, text=subject)
    if code:
        helped.item, helped.materials = catalogue.item(code), catalogue.materials(code)
        helped.similar = known.similar(actor, item_code=code)
        helped.first_of_kind = not helped.similar and not Matter.objects.filter(item_code=code).exists()
        since = clock.now() - timedelta(days=REPEAT_WITHIN_DAYS)
        helped.repeats = next(
            (
                row.matter
                for row in helped.before
                if row.matter.item_code == code and row.matter.registered_at >= since
            ),
            None,
        )
    return helped


def _look_for_person(helped: Help, actor: Actor, typed: QueryDict) -> None:
    """By the principal's card where one is given, as repeats are recognised, else by the reporter's."""
    principal = typed.get("principal_identifier", "").strip()
    number = principal or typed.get("identifier", "").strip()
    if len(number.replace(" ", "")) < WHOLE_NUMBER:
        return
    person = bool(principal) or typed.get("reporter_kind") == ReporterKind.PERSON
    try:
        normal = identifiers.check_id_number(number).value if person else str(identifiers.check_uscc(number))
    except ValueError as wrong:
        helped.wrong.append(str(wrong))
        return
    before = known.same_person(actor, normal)
    helped.before, helped.restricted = presentation.rows(before.matters, actor), before.restricted
