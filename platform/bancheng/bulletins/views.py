"""月报: the list, asking for one, how far it is, the bulletin itself, its acts, its files."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from bancheng.bulletins import actions, acts, charts, papers, selectors, sheets
from bancheng.bulletins.forms import AskForm, ListForm
from bancheng.bulletins.selectors import Line
from bancheng.errors import Conflict, Refused
from bancheng.identity.permissions import allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview.index import months
from bancheng.web import pdf
from bancheng.web.answers import dialog_or_page, go, tell_once
from bancheng.web.http import require_valid

PAGE = 20


@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """All editions (?state=, ?year=, ?page=), the newest month first."""
    actor = actor_of(request)
    require(actor, selectors.PERMISSION)
    form = ListForm(request.GET)
    page = Paginator(selectors.bulletins(**form.narrowed()), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": [Line(each) for each in page],
        "narrowed": any(form.data.get(name) for name in form.fields),
        "may_ask": allowed(actor, "bulletin.draft"),
    }
    return render(request, "bulletins/bulletins.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form that asks for the bulletin of a month, opened with the newest that is over."""
    actor = actor_of(request)
    require(actor, "bulletin.draft")
    if request.method != "POST":
        return _ask_form(request, AskForm(initial={"month": f"{months.last_over():%Y-%m}"}))
    form = AskForm(request.POST)
    try:
        require_valid(form)
        made = actions.ask(actor=actor, **form.cleaned_data)
    except Refused as refused:
        tell_once(form, refused)
        return _ask_form(request, form, status=refused.status)
    return go(request, reverse("bulletin", args=[made.pk]))


@require_safe
def bulletin(request: HttpRequest, bulletin_id: Any) -> HttpResponse:
    """One of them: its text, tables and charts; while it is made how far it is."""
    actor = actor_of(request)
    require(actor, selectors.PERMISSION)
    line = Line(selectors.bulletin(bulletin_id))
    choices = acts.choices(line.row, actor)
    context = {
        "line": line,
        "bulletin": line.row,
        "open_to": [choice for choice in choices if not choice.why_not],
        "closed_to": [choice for choice in choices if choice.why_not],
        "newest": actions.newest_edition(line.row.month),
        "sections": [_drawn(section) for section in line.sections] if line.readable else [],
    }
    return render(request, "bulletins/bulletin.html", context)


@require_safe
def progress(request: HttpRequest, bulletin_id: Any) -> HttpResponse:
    """How far it is, for the page that asks every second; once it has ended the page is fetched anew."""
    require(actor_of(request), selectors.PERMISSION)
    line = Line(selectors.bulletin(bulletin_id))
    response = render(request, "bulletins/parts/progress.html", {"line": line, "bulletin": line.row})
    if not line.making:
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
def bulletin_pdf(request: HttpRequest, bulletin_id: Any) -> HttpResponse:
    """The PDF, to be looked at; ?save=yes to be saved."""
    require(actor_of(request), selectors.PERMISSION)
    line = selectors.readable(bulletin_id)
    return pdf.answer(papers.as_pdf(line), papers.file_name(line), saved=request.GET.get("save") == "yes")


@require_safe
def bulletin_xlsx(request: HttpRequest, bulletin_id: Any) -> HttpResponse:
    """The spreadsheet."""
    require(actor_of(request), selectors.PERMISSION)
    line = selectors.readable(bulletin_id)
    return sheets.answer(sheets.written(line), papers.file_name(line))


@sensitive_post_parameters("comment")
@require_http_methods(["GET", "HEAD", "POST"])
def bulletin_act(request: HttpRequest, bulletin_id: Any, name: str) -> HttpResponse:
    """The form of an act, in a dialog for htmx and else as a page; posted, it is done."""
    actor = actor_of(request)
    bound = acts.bound(name)
    require(actor, bound.permission)
    line = Line(selectors.bulletin(bulletin_id))
    if request.method != "POST":
        choice = next((each for each in acts.choices(line.row, actor) if each.name == name), None)
        if choice is None or choice.why_not:
            raise Conflict(choice.why_not if choice else actions.WRONG_STATE[name], code="not_now")
        return _act_form(request, line, bound, bound.form())
    form = bound.form(request.POST)
    try:
        done = acts.perform(name=name, bulletin_id=line.row.pk, actor=actor, form=form)
    except Refused as refused:
        tell_once(form, refused)
        return _act_form(request, line, bound, form, status=refused.status)
    if name != "again":
        messages.success(request, f"{Line(done).name}：已{bound.label}。")
    return go(request, reverse("bulletin", args=[done.pk]))


def _ask_form(request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "url": reverse("bulletin_ask"),
        "label": "生成月报",
        "consequence": "数字由系统汇总，生成后待他人审核；印发前可以再生成新稿。",
        "back": reverse("bulletins"),
    }
    return dialog_or_page(request, "bulletins/act", context, status=status)


def _act_form(
    request: HttpRequest, line: Line, bound: acts.Bound, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "line": line,
        "url": reverse("bulletin_act", args=[line.row.pk, bound.name]),
        "label": bound.label,
        "consequence": bound.consequence,
        "back": reverse("bulletin", args=[line.row.pk]),
    }
    return dialog_or_page(request, "bulletins/act", context, status=status)


def _drawn(section: dict[str, Any]) -> dict[str, Any]:
    """A section as the page draws it: a chart takes the table that follows it under its own heading."""
    blocks: list[dict[str, Any]] = []
    for place, block in enumerate(section["blocks"]):
        if block["type"] == "chart":
            key = f"{section['code']}-{place}"
            block = {**block, "id": key, "option": charts.option(block), "height": charts.height(block)}
        elif block["type"] == "table" and blocks and blocks[-1]["type"] == "chart":
            blocks[-1]["table"] = block
            continue
        blocks.append(block)
    return {**section, "blocks": blocks}
