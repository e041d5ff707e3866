"""Forms as the API meets them: a body is described, read and validated by the very form of the page.

Bodies are JSON; where a form takes files, parts of a form (multipart/form-data) are read as well.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from bancheng.errors import Invalid
from bancheng.web.api import Pages
from bancheng.web.http import require_valid

Json = dict[str, Any]

PAGING = frozenset({Pages.page_query_param, Pages.page_size_query_param})


def schema_of(form_class: type[forms.Form]) -> Json:
    """The JSON Schema of the object that `sent` takes for this form.

    A field may carry its own as `json_schema`; choices that are known only to a centre are named, not listed.
    """
    fields = _in_order(form_class)
    schema: Json = {
        "type": "object",
        "properties": {name: _described(field) for name, field in fields.items()},
        "additionalProperties": False,
    }
    if required := [name for name, field in fields.items() if field.required and field.initial is None]:
        schema["required"] = required
    return schema


def takes_files(form_class: type[forms.Form]) -> bool:
    """Whether a body for this form may come in parts, a file being one."""
    return any(isinstance(field, forms.FileField) for field in form_class.base_fields.values())


def sent(form: forms.Form, body: Any) -> Any:
    """The data for a bound twin of `form`, which is as it opens on the page, from the body of a request.

    A QueryDict is what came in parts, without its files. A field left out keeps the value that the form opens
    with, if it may be empty or has a fixed default. Raises ValidationError, with pointers, for an unknown
    name or a value of another JSON type.
    """
    schema = schema_of(type(form))
    for name, field in form.base_fields.items():
        if isinstance(field, forms.FileField):
            del schema["properties"][name]  # it comes as a file, never as a value
    if isinstance(body, QueryDict):
        return _from_parts(form, schema, body)
    if wrong := _misfit(schema, [] if body is None else body):
        raise ValidationError(wrong)
    return dict(_openings(form, body)) | dict(body)


def filled(form_class: type[forms.Form], body: Any, **more: Any) -> Any:
    """A valid form of this class with the body in it, made with `more`. Raises Invalid, and as `sent`."""
    form = form_class(sent(form_class(**more), body), **more)
    require_valid(form)
    return form


def asked(form_class: type[forms.Form], query: Mapping[str, Any]) -> dict[str, Any]:
    """The cleaned filters of a list from its address. Raises Invalid, also for a filter that there is not."""
    known = PAGING | set(form_class.base_fields)
    if unknown := [name for name in query if name not in known]:
        raise Invalid({name: ["没有这个查询条件，请核对名称。"] for name in unknown})
    form = form_class(query)
    require_valid(form)
    return form.cleaned_data


def parameters_of(form_class: type[forms.Form]) -> list[OpenApiParameter]:
    """The filters of a list, for the documentation."""
    return [
        OpenApiParameter(name, type=_type_of(field), description=_description(field, str(field.label or "")))
        for name, field in _in_order(form_class).items()
    ]


# --- What a field takes ------------------------------------------------------------------------------


def _in_order(form_class: type[forms.Form]) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = form_class.base_fields
    ordered = dict.fromkeys([*(form_class.field_order or ()), *fields])
    return {name: fields[name] for name in ordered if name in fields}  # as Django: an order may name more


def _described(field: forms.Field) -> Json:
    described = {**_type_of(field), "title": str(field.label or "")}
    if description := _description(field):
        described["description"] = description
    if field.initial is not None and not callable(field.initial):
        described["default"] = getattr(field.initial, "value", field.initial)
    return {key: value for key, value in described.items() if value != ""}


def _type_of(field: forms.Field) -> Json:
    if own := getattr(field, "json_schema", None):
        return dict(own)
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": _one_of(field, "string")}
    if isinstance(field, forms.ChoiceField):
        whole = isinstance(field, forms.TypedChoiceField) and field.coerce is int
        return _one_of(field, "integer" if whole else "string")
    if isinstance(field, forms.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, forms.DecimalField):  # before IntegerField, which it extends
        return {"type": "string", "format": "decimal"}
    if isinstance(field, forms.IntegerField):
        limits = {"minimum": field.min_value, "maximum": field.max_value}
        return {"type": "integer", **{key: limit for key, limit in limits.items() if limit is not None}}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    if isinstance(field, forms.UUIDField):
        return {"type": "string", "format": "uuid"}
    longest = getattr(field, "max_length", None)
    return {"type": "string", "maxLength": longest} if longest else {"type": "string"}


def _one_of(field: forms.ChoiceField, kind: str) -> Json:
    codes = [code for code, _ in _choices(field)]
    return {"type": kind, "enum": codes} if codes else {"type": kind}


def _choices(field: forms.ChoiceField) -> Iterator[tuple[Any, str]]:
    listed: Any = field.choices
    for code, label in listed:
        if isinstance(label, list | tuple):
            yield from label
        elif code not in ("", None):
            yield code, str(label)


def _description(field: forms.Field, label: str = "") -> str:
    said = [label, str(field.help_text)]
    if isinstance(field, forms.ChoiceField):
        listed = "、".join(f"{code} {word}" for code, word in _choices(field))
        said.append(listed or "代码见 /api/v1/dictionaries/。")
    return " ".join(part for part in said if part)


# --- What was sent -----------------------------------------------------------------------------------

UNKNOWN = "没有这一项，请核对名称。"
_IS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "object": ("对象", lambda value: isinstance(value, Mapping)),
    "array": ("列表", lambda value: isinstance(value, list)),
    "string": ("文字", lambda value: isinstance(value, str)),
    "integer": ("整数", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "boolean": ("true或false", lambda value: isinstance(value, bool)),
}


def _misfit(schema: Json, value: Any) -> Any:
    """What is wrong with the shape, nested as the value is; None where it fits. A null is an empty field."""
    if value is None:
        return None
    word, fits = _IS[schema["type"]]
    if not fits(value):
        return [f"类型不对，此处应为{word}。"]
    inner: dict[str, Any] = {}
    if schema["type"] == "object":
        known = schema["properties"]
        for name, item in value.items():
            inner[name] = _misfit(known[name], item) if name in known else [UNKNOWN]
    elif schema["type"] == "array":
        inner = {str(place): _misfit(schema["items"], item) for place, item in enumerate(value)}
    return {name: wrong for name, wrong in inner.items() if wrong} or None


def _from_parts(form: forms.Form, schema: Json, body: QueryDict) -> QueryDict:
    """Parts are text, so the form itself reads them: only their names are judged here."""
    if wrong := {name: [UNKNOWN] for name in body if name not in schema["properties"]}:
        raise ValidationError(wrong)
    data = body.copy()
    for name, opening in _openings(form, body):
        data.setlist(name, opening if isinstance(opening, list) else [opening])
    return data


def _openings(form: forms.Form, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, field in form.fields.items():
        fixed = form.base_fields[name].initial is not None
        if name not in body and (fixed or not field.required):
            opening = form.get_initial_for_field(field, name)
            if opening is not None:
                yield name, opening
