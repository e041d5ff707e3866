"""How forms are drawn."""

import re

from django import forms

from bancheng.errors import Conflict, Invalid
from bancheng.web.http import tell


class Sample(forms.Form):
    kind = forms.ChoiceField(
        label="类别", widget=forms.RadioSelect, choices=[("urgent", "急事"), ("hard", "难事")]
    )
    name = forms.CharField(label="姓名", help_text="按证件填写。")
    on = forms.DateField(label="日期", required=False)
    tags = forms.MultipleChoiceField(
        label="情形",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("old", "高龄"), ("ill", "重病")],
    )
    item = forms.ChoiceField(label="事项", choices=[("", "请选择"), ("a", "养老待遇申领")])
    told = forms.BooleanField(label="已告知")


def wrong() -> Sample:
    return Sample({"kind": "hard", "tags": ["old"], "on": "2026-13-01"})


def test_every_field_has_a_label_of_its_own() -> None:
    page = str(Sample())
    ids = set(re.findall(r'<(?:input|select|textarea)[^>]* id="(\w+)"', page))
    wrapped = {f"id_{group}_{index}" for group in ("kind", "tags") for index in (0, 1)} | {"id_told"}
    assert ids - wrapped == set(re.findall(r'<label[^>]* for="(\w+)"', page))


def test_a_missing_value_is_asked_for_by_its_label() -> None:
    page = str(wrong())
    assert all(said in page for said in ("请填写“姓名”。", "请选择“事项”。", "请勾选“已告知”。"))


def test_an_error_is_tied_to_its_input() -> None:
    page = str(wrong())
    name = re.search(r'<input[^>]*name="name"[^>]*>', page)
    assert name
    assert 'aria-invalid="true"' in name[0]
    assert 'aria-describedby="id_name_helptext id_name_error"' in name[0]
    assert 'id="id_name_error"' in page


def test_what_was_chosen_stays_chosen_beside_an_error() -> None:
    page = str(wrong())
    checked = re.findall(r'<input[^>]*value="(\w+)"[^>]*checked', page)
    assert checked == ["hard", "old"]


def test_dates_use_the_browsers_own_picker_in_iso_form() -> None:
    page = str(Sample(initial={"on": "2026-11-24"}))
    assert re.search(r'<input type="date" name="on" value="2026-11-24"', page)


def test_the_form_says_how_many_fields_need_another_look() -> None:
    assert "有 4 处需要修改" in str(wrong())


def test_an_actions_refusal_stands_beside_its_field() -> None:
    form = Sample({"kind": "hard", "name": "示例", "item": "a", "told": "on"})
    assert form.is_valid()
    tell(form, Invalid({"name": ["姓名与证件不符，请核对。"], "unknown": ["请联系窗口负责人。"]}))
    assert form.errors["name"] == ["姓名与证件不符，请核对。"]
    assert form.non_field_errors() == ["请联系窗口负责人。"]


def test_a_conflict_stands_above_the_form() -> None:
    form = Sample({"kind": "hard", "name": "示例", "item": "a", "told": "on"})
    form.is_valid()
    tell(form, Conflict("此件刚刚已由他人受理，请刷新。"))
    assert form.non_field_errors() == ["此件刚刚已由他人受理，请刷新。"]
