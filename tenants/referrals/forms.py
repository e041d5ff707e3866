"""The forms of a referral: the draft, and what each step asks for."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from bancheng.timekeeping import clock
from tenants.matters.forms.base import PlainForm
from tenants.matters.forms.fields import DayField, PhoneField, TextField
from tenants.matters.models import Matter
from tenants.referrals import cargo, clocks, preview, selectors
from tenants.referrals.models import CarriedFile, Counterpart, Direction, Ground, Referral, State

GONE = "有的已撤回、过期或销毁，不能随转，请重新选择。"


class ReferralForm(PlainForm):
    """Asks for what a step needs; `arguments()` are the action's keyword arguments.

    `matter` is the one that is referred, or on the other side the one that came of it, if there is one yet.
    """

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        referral: Referral | None = None,
        matter: Matter | None = None,
        **kwargs: Any,
    ) -> None:
        self.referral = referral
        self.matter = matter if referral is None else referral.matter
        super().__init__(data, files, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and initial values from the referral; nothing by default."""

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EmptyForm(ReferralForm):
    """A step that needs nothing said."""


class FilterForm(ReferralForm):
    """What a list of referrals is narrowed by in the address; the side and the key of the words go along."""

    side = forms.ChoiceField(choices=Direction.choices, required=False, widget=forms.HiddenInput)
    find = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label="状态",
        choices=[("", "全部状态"), ("open", "未了结"), ("stuck", "须关注"), *State.choices],
        required=False,
    )
    unit = forms.ChoiceField(label="对方单位", required=False)

    def prepare(self) -> None:
        self.fields["unit"].choices = _unit_choices("全部单位")  # type: ignore[attr-defined]


class FilesField(forms.TypedMultipleChoiceField):
    """Which files go along on this leg; none unless chosen."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "array", "items": {"type": "string", "format": "uuid"}}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": GONE})
        super().__init__(coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class DraftForm(ReferralForm):
    """A referral as it is drafted; with a `referral` it opens with what the draft says."""

    unit = forms.ChoiceField(label="转办单位")
    reason = TextField(label="转办理由", help_text="为什么本中心办不了。")
    requested = TextField(label="请对方办理的事项")
    contact_person = forms.CharField(label="对方联系人", max_length=40, required=False)
    contact_phone = PhoneField(label="对方联系电话", max_length=30, required=False)
    files = FilesField(label="随转文件", help_text="不选的不转。")  # type: ignore[assignment]  # a field, not the uploads
    consents = FilesField(
        label="随转同意", help_text="只列有效的；人像照片和涉及健康信息的文件，其同意自动随转。"
    )
    told = forms.BooleanField(
        label="已告知反映人其信息将转给该单位",
        error_messages={"required": "请先告知反映人其信息将转给该单位，再勾选此项。"},
    )

    def prepare(self) -> None:
        self.fields["unit"].choices = _unit_choices("请选择单位")  # type: ignore[attr-defined]
        if self.matter is not None:
            offer(self, self.matter, CarriedFile.With.SENT)
        if self.referral is not None:
            for name in ("reason", "requested", "contact_person", "contact_phone"):
                self.initial.setdefault(name, getattr(self.referral, name))
            self.initial.setdefault("unit", self.referral.unit_code)
            self.initial.update(cargo.chosen(self.referral))


class SendForm(ReferralForm):
    """Sent is what was previewed: the page says which version it shows."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput, label="核对的版本")

    def prepare(self) -> None:
        if self.referral is not None and self.referral.matter is not None:
            self.initial.setdefault("seen", cargo.version(self.referral, self.referral.matter))

    def show_current(self) -> None:
        """Refused, the dialog comes back with what would be sent now: that is what is seen next."""
        if self.is_bound:
            self.data = {"seen": self.initial["seen"]}


def offer(form: ReferralForm, matter: Matter, travels: str) -> None:
    """Fill the choices of `files`, and of `consents` where the form has them, with what could travel."""
    offered = cargo.choices(matter, travels)
    form.fields["files"].choices = [(str(f.pk), preview.file_words(f)) for f in offered.files]  # type: ignore[attr-defined]
    if "consents" in form.fields:
        form.fields["consents"].choices = [  # type: ignore[attr-defined]
            (str(c.pk), preview.consent_words(c)) for c in offered.consents
        ]


class WhyForm(ReferralForm):
    """Why: to recall, to have the coordinator step in, to disagree with a return."""

    reason = TextField(label="理由")


class ChaseForm(ReferralForm):
    text = TextField(label="催办内容", required=False, help_text="可不填；填写的内容对方能看到。")


class GiveMaterialForm(ReferralForm):
    given = TextField(label="补正说明", help_text="补了哪些材料；确实没有的，说明原因。")
    files = FilesField(label="随补正文件", help_text="不选的不转。")  # type: ignore[assignment]  # a field, not the uploads

    def prepare(self) -> None:
        if self.matter is not None:
            offer(self, self.matter, CarriedFile.With.MATERIAL)


class GiveBackForm(ReferralForm):
    ground = forms.ChoiceField(label="退回依据类别", choices=Ground.choices, widget=forms.RadioSelect)
    reason = TextField(label="退回理由")
    basis = TextField(label="依据", widget=forms.Textarea(attrs={"rows": 2}))
    suggested_unit = forms.ChoiceField(label="建议承办单位", required=False)
    suggested = forms.CharField(
        label="建议承办单位（不在列表中的）",
        max_length=60,
        required=False,
        help_text="列表中没有的，写明单位名称。",
    )

    def prepare(self) -> None:
        self.fields["suggested_unit"].choices = _unit_choices("请选择单位")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A unit of the list, however it was named; else its name in free words."""
        said = super().clean() or self.cleaned_data
        code, words = said.get("suggested_unit") or "", said.get("suggested") or ""
        unit = next((u for u in selectors.units() if code == u.code or words in (u.code, u.name)), None)
        if unit is not None:
            return said | {"suggested_unit": unit.code, "suggested": unit.name}
        if not words and "suggested_unit" not in self.errors:
            self.add_error("suggested_unit", "请选择应由哪个单位承办；列表中没有的，在下面写明。")
        return said


class AskForm(ReferralForm):
    items = TextField(label="要求补正的内容", help_text="需要什么、为什么需要，一次写全。")
    due_on = DayField(label="补正期限")

    def prepare(self) -> None:
        self.initial.setdefault("due_on", clocks.material_due_on())

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < clock.today():
            raise forms.ValidationError("补正期限不能早于今天。")
        return day


class ReportForm(ReferralForm):
    text = TextField(label="进展情况", help_text="办到哪一步、下一步做什么；转来的中心据此告知反映人。")


class AnswerForm(ReferralForm):
    text = TextField(label="反馈内容", help_text="办了什么、依据是什么、还需反映人做什么。")
    files = FilesField(label="随反馈文件", help_text="不选的不转。")  # type: ignore[assignment]  # a field, not the uploads

    def prepare(self) -> None:
        if self.matter is not None:
            offer(self, self.matter, CarriedFile.With.ANSWER)


def _unit_choices(empty: str) -> list[Any]:
    """Those one may refer to, by how they are reached; a way that leads nowhere is not named."""
    units = selectors.units()
    groups = [(kind.label, [(u.code, u.name) for u in units if u.kind == kind]) for kind in Counterpart]
    return [("", empty), *((label, members) for label, members in groups if members)]
