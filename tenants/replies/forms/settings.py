"""The forms of the wording of replies, and of how the window is reached."""

from django import forms

from tenants.matters.forms.base import PlainForm
from tenants.matters.forms.fields import TextField
from tenants.replies.texts import PARTS


class WordingForm(PlainForm):
    """The five parts of a reply, with fields such as {事由}, and the version that is being changed."""

    done = TextField(label=PARTS["done"], max_length=1000)
    basis = TextField(label=PARTS["basis"], max_length=500)
    remaining = TextField(label=PARTS["remaining"], max_length=500)
    rating = TextField(label=PARTS["rating"], max_length=300)
    recourse = TextField(label=PARTS["recourse"], max_length=500)
    since = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WindowCardForm(PlainForm):
    telephone = forms.RegexField(
        r"^[0-9][0-9() 转-]{4,29}$",
        label="窗口电话",
        max_length=30,
        help_text="例如：0313-1234567转8001。",
        error_messages={"invalid": "请填写电话号码：数字、短横线和“转”。"},
    )
    address = forms.CharField(label="窗口地址", max_length=100, required=False)
    hours = forms.CharField(
        label="办公时间", max_length=60, required=False, help_text="例如：工作日8:30—12:00，14:00—17:30。"
    )
