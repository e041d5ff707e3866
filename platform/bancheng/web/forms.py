"""How Django's forms are drawn: every `{{ form }}` and `{% field form.x %}` comes out in the house look."""

from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    DateInput,
    DateTimeInput,
    Field,
    RadioSelect,
    Select,
    TimeInput,
    Widget,
)
from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html
from django.utils.safestring import SafeString

NATIVE_TYPES: tuple[tuple[type[Widget], str, str], ...] = (
    (DateInput, "date", "%Y-%m-%d"),
    (DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (TimeInput, "time", "%H:%M"),
)

CHOICE = '<label class="form-selectgroup-item">{}<span class="form-selectgroup-label">{}</span></label>'


class Renderer(TemplatesSetting):
    """settings.FORM_RENDERER."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"


def shape(field: BoundField) -> str:
    """Which frame a field needs: "check" (one box), "group" (buttons to choose from) or "plain"."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    return "check" if isinstance(widget, CheckboxInput) else "plain"


def control(field: BoundField) -> SafeString:
    """The input itself with the classes and accessibility attributes of the house."""
    if shape(field) == "group":
        return SafeString("".join(_choices(field)))
    widget = field.field.widget
    for kind, input_type, date_format in NATIVE_TYPES:
        if type(widget) is kind:
            widget.input_type = input_type  # type: ignore[attr-defined]  # only the three above reach this
            widget.format = date_format  # type: ignore[attr-defined]
    return field.as_widget(attrs={"class": _classes(widget, invalid=bool(field.errors))})


def mistakes(field: BoundField) -> list[str]:
    """The field's errors, each a sentence that says what to do; a missing value is asked for by its label."""
    usual = Field.default_error_messages["required"]
    asked = {"group": "请选择", "check": "请勾选"}.get(shape(field), "请填写")
    if isinstance(field.field.widget, Select):
        asked = "请选择"
    return [f"{asked}“{field.label}”。" if each == usual else str(each) for each in field.errors]


def _classes(widget: Widget, *, invalid: bool) -> str:
    base = "form-control"
    if isinstance(widget, CheckboxInput):
        base = "form-check-input"
    elif isinstance(widget, Select):
        base = "form-select"
    own = str(widget.attrs.get("class", ""))
    return " ".join(filter(None, [base, own, "is-invalid" if invalid else ""]))


def _choices(field: BoundField) -> list[SafeString]:
    drawn = []
    for option in field.subwidgets:
        if option.data.get("value") in ("", None) and not field.field.required:
            continue  # choosing nothing needs no button of its own
        option.data["attrs"]["class"] = "form-selectgroup-input"
        drawn.append(format_html(CHOICE, option.tag(wrap_label=False), option.choice_label))
    return drawn
