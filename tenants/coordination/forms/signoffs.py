"""The forms of signatures."""

from django import forms

from tenants.coordination.models import Purpose
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import TextField


class RequestSignOffForm(ActForm):
    purpose = forms.ChoiceField(label="签批事由", choices=Purpose.choices, widget=forms.RadioSelect)
    basis = TextField(label="依据")
    risk = TextField(label="风险提示", help_text="可能引起的问题和应对。")
    precedent = TextField(
        label="已查先例情况", help_text="在“先例”中查；查到的写编号，没有的写明“已查，无先例”。"
    )


class SignOffForm(ActForm):
    opinion = TextField(label="签批意见", required=False)


class RefuseSignOffForm(ActForm):
    opinion = TextField(label="不同意的理由")
