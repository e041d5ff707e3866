"""How a form is described as JSON Schema, and what a body may hold."""

from typing import Any, ClassVar

import pytest
from django import forms
from rest_framework.exceptions import ValidationError

from bancheng.errors import Invalid
from bancheng.web import bodies


class RowsField(forms.Field):
    json_schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "items": {"type": "object", "properties": {"office": {"type": "string"}}},
    }

    def clean(self, value: Any) -> Any:
        return value or []


class SampleForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=60, help_text="如证件所载。")
    kind = forms.ChoiceField(choices=[("", "请选择"), ("组", [("hard", "难事"), ("novel", "新事")])])
    way = forms.ChoiceField(choices=[("phone", "电话")], initial="phone")
    level = forms.TypedChoiceField(coerce=int, choices=[(1, "简单"), (2, "一般")])
    tags = forms.MultipleChoiceField(choices=[("elderly", "高龄")], required=False)
    first = forms.BooleanField(required=False)
    trips = forms.IntegerField(min_value=0, max_value=200, required=False)
    day = forms.DateField(required=False)
    amount = forms.DecimalField(required=False)
    case = forms.UUIDField(required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    rows = RowsField(required=False)
    field_order = ("kind", "name")


FULL = {"name": "示例", "kind": "hard", "level": 2}


def pointers(body: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        bodies.sent(SampleForm(), body)
    return caught.value.detail


def test_fields_are_described_by_type_in_the_order_of_the_page() -> None:
    schema = bodies.schema_of(SampleForm)
    shown = schema["properties"]
    assert list(shown)[:3] == ["kind", "name", "way"]
    assert shown["name"] == {
        "type": "string",
        "maxLength": 60,
        "title": "姓名",
        "description": "如证件所载。",
    }
    assert shown["kind"]["enum"] == ["hard", "novel"]
    assert shown["level"]["type"] == "integer"
    assert shown["tags"]["items"]["enum"] == ["elderly"]
    assert shown["trips"]["maximum"] == 200
    assert shown["day"]["format"] == "date"
    assert shown["amount"] == {"type": "string", "format": "decimal"}
    assert shown["case"]["format"] == "uuid"
    assert shown["rows"]["type"] == "array"


def test_what_has_a_default_need_not_be_sent() -> None:
    schema = bodies.schema_of(SampleForm)
    assert schema["required"] == ["kind", "name", "level"]
    assert schema["properties"]["way"]["default"] == "phone"


def test_choices_that_a_centre_knows_are_named_by_where_to_find_them() -> None:
    unit = bodies.schema_of(SampleForm)["properties"]["unit"]
    assert "enum" not in unit
    assert "/api/v1/dictionaries/" in unit["description"]


def test_defaults_are_filled_in() -> None:
    assert bodies.sent(SampleForm(), FULL) == FULL | {"way": "phone"}


def test_an_opening_value_of_a_required_field_is_not_taken_for_an_answer() -> None:
    assert "level" not in bodies.sent(SampleForm(initial={"level": 1}), {"name": "示例"})


def test_an_opening_value_of_an_optional_field_is_kept() -> None:
    assert bodies.sent(SampleForm(initial={"trips": 3}), FULL)["trips"] == 3


def test_null_is_an_empty_field() -> None:
    assert bodies.filled(SampleForm, FULL | {"trips": None}).cleaned_data["trips"] is None


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": 5}, {"name"}),
        ({"level": "2"}, {"level"}),
        ({"level": True}, {"level"}),
        ({"first": "true"}, {"first"}),
        ({"day": 20260101}, {"day"}),
        ({"amount": 1.5}, {"amount"}),
        ({"case": []}, {"case"}),
        ({"tags": "elderly"}, {"tags"}),
        ({"colour": "red"}, {"colour"}),
    ],
)
def test_a_value_of_another_type_is_pointed_at(wrong: dict[str, Any], where: set[str]) -> None:
    assert set(pointers(FULL | wrong)) == where


def test_a_wrong_value_inside_a_list_is_pointed_at() -> None:
    assert set(pointers({"rows": [{"office": "甲"}, {"office": 1}]})["rows"]["1"]) == {"office"}


@pytest.mark.parametrize("body", [None, [], "text", 3])
def test_a_body_is_an_object(body: Any) -> None:
    assert "对象" in str(pointers(body))


def test_the_form_itself_judges_the_content() -> None:
    with pytest.raises(Invalid) as refused:
        bodies.filled(SampleForm, FULL | {"kind": "nonsense", "trips": 999})
    assert set(refused.value.errors) == {"kind", "trips"}


def test_a_filter_is_read_from_an_address() -> None:
    class Filters(forms.Form):
        q = forms.CharField(required=False)

    assert bodies.asked(Filters, {"q": "遗属", "page": "2", "page_size": "5"}) == {"q": "遗属"}
    with pytest.raises(Invalid) as refused:
        bodies.asked(Filters, {"query": "遗属"})
    assert set(refused.value.errors) == {"query"}
