"""What the operator says of an office that is reached by letter."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from bancheng.centres.models import Division

_TELEPHONE = RegexValidator(r"^[0-9转,，、/()（） +-]+\Z", "只写电话号码，如0311-00000000转8001。")
_REQUIRED = {"required": "请填写此项。", "invalid_choice": "请从列表中选择。"}


class OfficesForm(forms.Form):
    """What the list is narrowed by; it stands in the address, since it names no person."""

    q = forms.CharField(
        label="代码、名称或地址",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "代码、名称或地址"}),
    )
    retired = forms.ChoiceField(label="状态", choices=[("", "在用"), ("yes", "已停用")], required=False)


class OfficeForm(forms.Form):
    """An office as it is kept. Rooms and switchboards, no people: those stand in a centre's contact log."""

    name = forms.CharField(label="单位名称", max_length=60, error_messages=_REQUIRED)
    level = forms.ChoiceField(
        label="级别", choices=Division.choices, widget=forms.RadioSelect, error_messages=_REQUIRED
    )
    address = forms.CharField(label="通信地址", max_length=200, required=False)
    postcode = forms.CharField(
        label="邮政编码",
        required=False,
        validators=[RegexValidator(r"^\d{6}\Z", "邮政编码为六位数字。")],
        max_length=6,
    )
    desk = forms.CharField(
        label="收函科室", max_length=60, required=False, help_text="只写科室，不写个人姓名。"
    )
    telephone = forms.CharField(label="电话", max_length=30, required=False, validators=[_TELEPHONE])
    fax = forms.CharField(label="传真", max_length=30, required=False, validators=[_TELEPHONE])
    copy_to = forms.CharField(
        label="函件抄送", max_length=200, required=False, help_text="每份函件都抄送的单位，没有的不填。"
    )
    note = forms.CharField(label="备注", max_length=200, required=False)


class NewOfficeForm(OfficeForm):
    """With the code by which referrals will name it."""

    field_order = ("code",)
    code = forms.CharField(
        label="代码",
        max_length=20,
        help_text="区划代码或带短横的自定代码，登记后不能修改。",
        validators=[RegexValidator(r"^[0-9A-Za-z]+(-[0-9A-Za-z]+)*\Z", "代码只含字母、数字和短横。")],
        error_messages=_REQUIRED,
    )


def opened(office: Any) -> OfficeForm:
    """The form as it opens with what is known of the office."""
    return OfficeForm(initial={name: getattr(office, name) for name in OfficeForm.base_fields})
