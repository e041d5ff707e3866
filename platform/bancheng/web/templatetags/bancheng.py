"""The components of every page; loaded everywhere as builtins. `web/components/` holds their templates.

Marks    {% icon "eye" %}  {% light "amber" "将到期" %}  {% badge "加急" "red" %}
         {% state matter.state matter.get_state_display %}
         {% masked "李*" url label="姓名" %}   with a url: a 查看 button; the url answers with web/modal.html
Words    {{ d|day }} {{ t|minute }} {{ d|letter_date }} {{ d|weekday }} {{ yuan|money }}
         {{ n|working_days }} {{ left|remaining }} {{ span|duration }} {% rate n N %}
Links    {% href "matter" matter.pk as url %}   "" where this host has no such page
Blocks   {% card "标题" icon="clock" note="共 3 件" flush=True %}…{% endcard %}   flush: a table fills it
         {% section "反映人" hint="…" %}…{% endsection %}   {% notice "amber" "标题" %}…{% endnotice %}
         {% empty "暂无反映件" hint="…" url=url action="登记" %}
Forms    {{ form }}  {% field form.name width=6 %}  {% fields form "name" "phone" width=6 %}
         {% form_errors form %}  {% filters form %}
         {% submit "登记" icon="check" name="act" value="register" tone="primary" confirm="确认…?" %}
         <form data-draft="intake">   what was typed survives a lost session
         data-confirm="确认将张社反〔2026〕0007号销号？"   on a form or a button: asks once
Lists    {% pagination page %}  {% timeline entries %}  {% stepper steps %}  {% hands spans unit="天" %}
Figures  {% tile "已超期" 3 url light="red" note="含包案 1 件" %}
         {% chart "trend" option table title="趋势" formula="…" height=280 %}   the page adds web/charts.html
Papers   {% qr "张社反〔2026〕0007号" %}

entries  objects or dicts: `at`, `who`, `what`; may have `text`, `icon`, `tone`, `papers` (`name`, `url`)
steps    `label`, `status` ("done", "current", "todo", "skipped"); may have `at`
spans    `label`, `holder` (window, department, centre, outside, reporter), `amount`
table    {"head": ["月份", "受理"], "rows": [["2026-01", 4]]}: the figures of the chart
"""

import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import segno
from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from bancheng.identity.permissions import allowed
from bancheng.web import finding, forms, navigation, tones, words
from bancheng.web.assets import SPRITE
from bancheng.web.icons import ICONS

register = template.Library()

for _filter in (
    words.day,
    words.minute,
    words.letter_date,
    words.weekday,
    words.money,
    words.working_days,
    words.duration,
):
    # An absent value shows as a dash: tables are full of facts that are not known yet.
    register.filter(_filter.__name__, lambda value, say=_filter: "—" if value in (None, "") else say(value))
register.filter("remaining", words.remaining)
register.filter("copies_word", words.copies_word)
register.simple_tag(words.rate)


# --- Marks -------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A Tabler outline icon, hidden from screen readers: a word stands beside it. ValueError if unlisted."""
    if name not in ICONS:
        raise ValueError(f"icon {name!r} is not listed in bancheng/web/icons.py")
    sprite = static(f"vendor/{SPRITE}")
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, sprite, name
    )


@register.simple_tag
def light(colour: str, word: str) -> SafeString:
    """A green, amber, red or grey light with its word. ValueError on another colour or without a word."""
    if colour not in tones.LIGHTS or not word:
        raise ValueError("a light is green, amber, red or grey, and always carries a word")
    return format_html('<span class="light light-{}">{}</span>', colour, word)


@register.simple_tag
def badge(text: str, tone: str = "grey") -> SafeString:
    """A short word in a tinted box; tones: grey, blue, green, amber, red, teal."""
    if tone not in tones.TONES:
        raise ValueError(f"no tone {tone!r}")
    return format_html('<span class="tag tag-{}">{}</span>', tone, text)


@register.simple_tag
def state(code: str, label: str) -> SafeString:
    """The badge of a matter's or referral's state."""
    return badge(label, tones.of_state(code))


@register.inclusion_tag("web/components/masked.html")
def masked(value: str, url: str = "", label: str = "") -> dict[str, str]:
    """A masked value; with `url`, a 查看 button that fetches the unmask form into the dialog."""
    return {"value": value, "url": url, "label": label}


# --- Links -------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def href(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """The page's address on this host, or "" where it has none."""
    return navigation.url_of(context.get("request"), name, *args, **kwargs)


@register.simple_tag(takes_context=True)
def may(context: Context, permission: str) -> bool:
    """Whether the person on the page holds the permission. KeyError on a name not in the table."""
    actor = getattr(context.get("request"), "actor", None)
    return actor is not None and allowed(actor, permission)


# --- Blocks ------------------------------------------------------------------------------------------
@register.simple_block_tag
def card(
    content: str, title: str = "", icon: str = "", note: str = "", flush: bool = False, id: str = ""
) -> SafeString:
    """A framed part of a page with a heading."""
    return _render("card", content=content, title=title, icon=icon, note=note, flush=flush, id=id)


@register.simple_block_tag
def section(content: str, title: str, hint: str = "") -> SafeString:
    """A fieldset of a long form."""
    return _render("section", content=content, title=title, hint=hint)


@register.simple_block_tag
def notice(content: str, tone: str = "blue", title: str = "") -> SafeString:
    """A message that stays on the page."""
    return _render("notice", content=content, tone=tone, title=title)


@register.inclusion_tag("web/components/empty.html")
def empty(text: str, hint: str = "", url: str = "", action: str = "") -> dict[str, str]:
    """What an empty list says: that it is empty, and what to do then."""
    return {"text": text, "hint": hint, "url": url, "action": action}


# --- Forms -------------------------------------------------------------------------------------------
@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The bare input of a field; `field` draws it with label, help and error."""
    return forms.control(field)


@register.simple_tag
def field(field: BoundField, width: int = 12) -> SafeString:
    """A field with label, input, help and error; `width` in twelfths of the row."""
    drawn = {"field": field, "shape": forms.shape(field), "mistakes": forms.mistakes(field), "width": width}
    return _render("field", **drawn)


@register.simple_tag
def fields(form: BaseForm, *names: str, width: int = 12) -> SafeString:
    """Several fields, each `width` twelfths wide; all visible ones when none is named."""
    chosen = [form[name] for name in names] or form.visible_fields()
    return mark_safe("".join(field(each, width) for each in chosen))  # noqa: S308  # each was rendered by a template


@register.inclusion_tag("web/components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with the form as a whole, and a line that says how many fields need another look."""
    wrong = [form[name] for name in form.errors if name in form.fields]
    return {"form": form, "wrong": wrong}


@register.inclusion_tag("web/components/submit.html")
def submit(
    label: str, icon: str = "", tone: str = "primary", name: str = "", value: str = "", confirm: str = ""
) -> dict[str, str]:
    """A submit button: shows that it works while sending, and cannot be pressed twice."""
    return {"label": label, "icon": icon, "tone": tone, "name": name, "value": value, "confirm": confirm}


@register.inclusion_tag("web/components/filters.html", takes_context=True)
def filters(context: Context, form: BaseForm) -> dict[str, Any]:
    """A GET form in one row: what is chosen stands in the address, so a link shows the same list.

    Hidden fields, such as a tab or an order, go along and outlive clearing; words searched for do not.
    """
    path = getattr(context.get("request"), "path", "")
    hidden = {field.name for field in form.hidden_fields()} - {finding.PARAMETER}
    kept = {name: form.data[name] for name in form.fields if name in hidden and form.data.get(name)}
    return {
        "form": form,
        "filtered": any(form.data.get(name) for name in form.fields if name not in hidden),
        "cleared": f"{path}?{urlencode(kept)}" if kept else path,
    }


# --- Lists -------------------------------------------------------------------------------------------
@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Where we are in a long list; keeps the rest of the query."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "numbers": numbers,
        "gap": page.paginator.ELLIPSIS,
        "request": context.get("request"),
    }


@register.inclusion_tag("web/components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """Who did what and when, newest where the caller puts it."""
    return {"entries": entries}


@register.inclusion_tag("web/components/stepper.html")
def stepper(steps: Iterable[Any]) -> dict[str, Any]:
    """The states of a matter in a row, with the present one marked."""
    return {"steps": steps}


@register.inclusion_tag("web/components/hands.html")
def hands(spans: Iterable[Mapping[str, Any]], unit: str = "个工作日") -> dict[str, Any]:
    """Whose hands the time went through: one stacked bar, and the same as a table.

    Each span has `label`, `holder` (window, department, centre, outside, reporter) and `amount` in `unit`.
    """
    rows = [dict(span, amount=Decimal(str(span["amount"]))) for span in spans]
    total = sum((row["amount"] for row in rows), Decimal(0))
    for row in rows:
        row["share"] = f"{row['amount'] * 100 / total:.2f}" if total else "0"
        row["said"] = f"{row['amount']:.1f}".removesuffix(".0")
    return {"rows": rows, "total": f"{total:.1f}".removesuffix(".0"), "unit": unit}


# --- Figures -----------------------------------------------------------------------------------------
@register.inclusion_tag("web/components/tile.html")
def tile(label: str, value: Any, url: str = "", light: str = "", note: str = "") -> dict[str, Any]:
    """A number that is a link to the list it counts; `note` is the line below, such as 12/40."""
    return {"label": label, "value": value, "url": url, "light": light, "note": note}


@register.inclusion_tag("web/components/chart.html")
def chart(
    id: str,
    option: Mapping[str, Any],
    table: Mapping[str, Any],
    title: str = "",
    formula: str = "",
    height: int = 280,
) -> dict[str, Any]:
    """An ECharts option drawn as SVG; its table and formula are one click away."""
    return {
        "id": id,
        "option": {"aria": {"enabled": True}, "animation": False} | dict(option),
        "table": table,
        "title": title,
        "formula": formula,
        "height": height,
    }


# --- Papers ------------------------------------------------------------------------------------------
@register.simple_tag
def qr(text: str) -> SafeString:
    """A QR code as inline SVG; give it a number, never anything about a person."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, scale=2, border=2, title=text
    )
    return mark_safe(drawn.getvalue().decode())  # noqa: S308  # made by segno, which escapes the title


def _render(component: str, **context: Any) -> SafeString:
    return render_to_string(f"web/components/{component}.html", context)
