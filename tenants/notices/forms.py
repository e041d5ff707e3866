"""What the list of notices is narrowed by; nothing personal, so it stands in the address."""

from django import forms

from tenants.matters.forms.base import PlainForm
from tenants.notices.kinds import NoticeKind


class NoticeFilters(PlainForm):
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *NoticeKind.choices])
    show = forms.ChoiceField(label="范围", required=False, choices=[("", "未读"), ("all", "全部")])
