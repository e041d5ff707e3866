"""What the workbook and the audit trail are narrowed by: all of it may stand in an address."""

from typing import Any
from uuid import UUID

from django import forms

from bancheng.catalogue.words import Kind
from bancheng.identity.models import Staff
from bancheng.privacy import audit
from tenants.matters.forms.base import PlainForm, department_choices, item_choices
from tenants.matters.forms.fields import DayField
from tenants.matters.forms.listing import LIGHTS, STATES, filters_of
from tenants.matters.selectors import Filters
from tenants.matters.states import State
from tenants.workbook import trail
from tenants.workbook.selectors import ORDERS

_NEVER_IN_THE_BOOK = State.DRAFT


class _Period(PlainForm):
    """From one day to another, and whatever else a list has; a wrong value narrows nothing and is told."""

    since = DayField(label="自", required=False)
    until = DayField(label="至", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "截止日期早于起始日期，请重新选择。")
        return cleaned

    @property
    def told(self) -> list[str]:
        """What is wrong, field by field."""
        return [f"{self[name].label}：{sentence}" for name, each in self.errors.items() for sentence in each]


class WorkbookFilters(_Period):
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部状态"), *(pair for pair in STATES if pair[0] != _NEVER_IN_THE_BOOK)],
    )
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *Kind.choices])
    item = forms.ChoiceField(label="事项", required=False)
    department = forms.ChoiceField(label="主办部门", required=False)
    light = forms.ChoiceField(label="时限", required=False, choices=[("", "全部时限"), *LIGHTS])
    sort = forms.ChoiceField(required=False, choices=[(key, key) for key in ORDERS], widget=forms.HiddenInput)
    find = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    since = DayField(label="登记自", required=False)

    field_order = ("state", "kind", "item", "department", "light", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _, *items = item_choices()
        self.fields["item"].choices = [("", "全部事项"), *items]  # type: ignore[attr-defined]
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            ("", "全部部门"),
            *department_choices(),
        ]

    def filters(self, *, q: str) -> Filters:
        """For the selector; what was not understood narrows nothing."""
        self.is_valid()
        empty: dict[str, Any] = dict.fromkeys(self.fields)
        given = {name: value for name, value in self.cleaned_data.items() if value}
        words = dict.fromkeys(("state", "kind", "item", "department", "light"), "")
        return filters_of(empty | words | given, q=q)

    @property
    def narrowed(self) -> bool:
        """Whether anything is chosen, apart from the order."""
        return any(value for name, value in self.cleaned_data.items() if name != "sort")


class AuditFilters(_Period):
    act = forms.ChoiceField(label="操作", required=False)
    actor = forms.ChoiceField(label="操作人", required=False)
    matter = forms.UUIDField(required=False, widget=forms.HiddenInput)

    field_order = ("act", "actor", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(pk), name) for pk, name in Staff.objects.order_by("name").values_list("pk", "name")]
        self.fields["act"].choices = [("", "全部操作"), *trail.ACTS.items()]  # type: ignore[attr-defined]
        self.fields["actor"].choices = [("", "全部人员"), *people]  # type: ignore[attr-defined]

    def entries(self) -> Any:
        """The trail as it is narrowed, newest first."""
        self.is_valid()
        chosen = self.cleaned_data
        found = audit.entries(
            act=chosen.get("act", ""), actor_id=UUID(chosen["actor"]) if chosen.get("actor") else None
        )
        return trail.narrowed(
            found, matter=chosen.get("matter"), since=chosen.get("since"), until=chosen.get("until")
        )
