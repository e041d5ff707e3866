"""The pages on which the lead keeps the wording of replies (答复口径) and how the window is reached."""

from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Outcome
from bancheng.errors import NotFound, Refused
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.http import require_valid
from tenants.matters.views.answers import tell_once
from tenants.replies import texts
from tenants.replies.actions import set_text, set_window_card
from tenants.replies.forms.settings import WindowCardForm, WordingForm
from tenants.replies.models import ReplyText
from tenants.replies.texts import OUTCOMES, PLACES, Key


@dataclass(frozen=True)
class Line:
    """What may have a wording of its own: a scheme, an item, or all; with a cell for each outcome."""

    name: str
    cells: list[tuple[str, str, str]]
    """The outcome, whose wording is in force (本中心第3版, 通用, or 沿用), and the address of its page."""
    is_item: bool


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """All wordings by item and outcome, and the window's card; posted, a new card."""
    actor = actor_of(request)
    require(actor, "replies.set_texts")
    card = texts.window_card()
    opening = {name: getattr(card, name) for name in WindowCardForm.base_fields} if card else {}
    form, status = WindowCardForm(initial=opening), 200
    if request.method == "POST":
        form = WindowCardForm(request.POST)
        try:
            require_valid(form)
            set_window_card(actor=actor, **form.cleaned_data)
        except Refused as refused:
            tell_once(form, refused)
            status = refused.status
        else:
            messages.success(request, "窗口联系方式已更新。")
            return HttpResponseRedirect(reverse("reply_texts"))
    context = {"form": form, "lines": _lines(), "outcomes": [Outcome(o).label for o in OUTCOMES]}
    return render(request, "replies/texts.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest) -> HttpResponse:
    """One wording with its earlier versions; posted, a new version. Raises NotFound for what has none."""
    actor = actor_of(request)
    require(actor, "replies.set_texts")
    key = _key(request)
    versions = list(
        ReplyText.objects.filter(item=key.item, scheme=key.scheme, outcome=key.outcome)
        .select_related("set_by")
        .order_by("-version")[:20]
    )
    in_force = texts.wording_of(versions[0]) if versions else _inherited(key)
    opening = asdict(in_force) | {"since": versions[0].version if versions else 0}
    form, status = WordingForm(initial=opening), 200
    if request.method == "POST":
        form = WordingForm(request.POST)
        try:
            require_valid(form)
            said = dict(form.cleaned_data)
            since = said.pop("since")
            set_text(actor=actor, key=key, wording=texts.Wording(**said), since=since)
        except Refused as refused:
            tell_once(form, refused)
            status = refused.status
        else:
            messages.success(request, "新的答复口径已生效，原来的版本仍然保留。")
            return HttpResponseRedirect(reverse("reply_texts"))
    context = {
        "form": form,
        "name": _name(key),
        "outcome": Outcome(key.outcome).label,
        "versions": versions,
        "places": PLACES,
    }
    return render(request, "replies/text.html", context, status=status)


def _key(request: HttpRequest) -> Key:
    key = Key(*(request.GET.get(name, "") for name in ("item", "scheme", "outcome")))
    schemes = {item.scheme for item in catalogue.items()}
    if (
        key.outcome not in OUTCOMES
        or (key.item and key.scheme)
        or (key.scheme and key.scheme not in schemes)
        or (key.item and key.item not in {item.code for item in catalogue.items()})
    ):
        raise NotFound("没有这条答复口径，请从列表中选择。")
    return key


def _inherited(key: Key) -> texts.Wording:
    """What is said where the centre has written nothing for exactly this."""
    if key.item:
        return texts.best(key.item, key.outcome)
    return texts.common().get(key) or texts.common()[Key("", "", key.outcome)]


def _name(key: Key) -> str:
    if key.item:
        return f"{key.item} {catalogue.item(key.item).name}"
    return key.scheme or "全部事项"


def _lines() -> list[Line]:
    newest: dict[Key, int] = {}
    for row in ReplyText.objects.order_by("version").values_list("item", "scheme", "outcome", "version"):
        newest[Key(*row[:3])] = row[3]

    def line(name: str, item: str = "", scheme: str = "") -> Line:
        keys = [Key(item, scheme, outcome) for outcome in OUTCOMES]
        cells = [(Outcome(key.outcome).label, _whose(key, newest), _address(key)) for key in keys]
        return Line(name, cells, is_item=bool(item))

    lines = [line("全部事项")]
    for scheme, items in catalogue.item_choices():
        lines.append(line(scheme, scheme=scheme))
        lines += [line(f"{code} {name}", item=code) for code, name in items]
    return lines


def _whose(key: Key, newest: dict[Key, int]) -> str:
    if version := newest.get(key):
        return f"本中心第{version}版"
    return "通用" if key in texts.common() else "沿用"


def _address(key: Key) -> str:
    return f"{reverse('reply_text')}?{urlencode({k: v for k, v in asdict(key).items() if v})}"
