"""The forms of consents, of what is offered before a photo, and of evidence; a field that takes a file."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from bancheng.timekeeping import clock
from bancheng.web.uploads import TooLarge
from tenants.casework import files, retention
from tenants.casework.actions.evidence import SAME_PERSON
from tenants.casework.models import Answer, Category, Giver, Method, Purpose, Way
from tenants.casework.selectors import evidence as selectors
from tenants.matters.forms.base import ActForm
from tenants.matters.forms.fields import DayField, TextField

BY_HAND = [(each.value, each.label) for each in Category if each != Category.CONSENT]
"""The scan of a consent comes with the consent."""


class FileField(forms.FileField):
    """A picture or a PDF; the value is a CleanFile, None where it may be and nothing was chosen."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "binary"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", f"JPG、PNG、WebP图片或PDF，不超过{files.limit_words()}。")
        super().__init__(**kwargs)
        self.error_messages |= {"required": "请选择文件。", "empty": "这个文件是空的，请重新选择。"}
        self.widget = forms.FileInput(
            attrs={
                "accept": ".jpg,.jpeg,.png,.webp,.pdf",
                "data-max-bytes": settings.UPLOAD_MAX_BYTES,
                "data-too-large": files.too_large(),
                "hx-preserve": "true",  # a refused form comes back with the file still chosen
            }
        )
        self.widget.is_required = self.required

    def clean(self, data: Any, initial: Any = None) -> Any:
        if isinstance(data, TooLarge):
            raise ValidationError(files.too_large())
        upload = super().clean(data, initial)
        if not upload:
            return None
        upload.seek(0)
        try:
            return files.clean(upload.name, upload.read())
        except files.Unfit as unfit:
            raise ValidationError(str(unfit)) from None


class ConsentForm(ActForm):
    purpose = forms.ChoiceField(label="用途", choices=Purpose.choices, widget=forms.RadioSelect)
    scope = TextField(
        label="同意的范围",
        max_length=500,
        help_text="用哪些信息、给谁用、用来办什么，照同意人的意思写。",
    )
    giver = forms.ChoiceField(label="同意人", choices=Giver.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="同意人姓名", max_length=40)
    relation = forms.CharField(
        label="身份或关系证明",
        max_length=80,
        required=False,
        help_text="不是本人的必填，如户口簿、监护证明、委托书。",
    )
    method = forms.ChoiceField(
        label="同意的方式", choices=Method.choices, widget=forms.RadioSelect, initial=Method.PAPER
    )
    second = forms.ChoiceField(label="另一名在场工作人员", help_text="您之外还须一名同事在场。")
    valid_from = DayField(label="有效期自")
    valid_until = DayField(label="有效期至")
    scan = FileField(label="同意书扫描件", required=False)

    def prepare(self) -> None:
        field: Any = self.fields["second"]
        people = selectors.colleagues(self.actor.id) if self.matter.pk else []
        field.choices = [
            ("", "请选择"),
            *((str(each.pk), f"{each.name}（{each.role_names}）") for each in people),
        ]
        field.error_messages["invalid_choice"] = SAME_PERSON
        scan = self.fields["scan"]
        scan.help_text = f"书面同意必须上传。{scan.help_text}"
        if self.matter.pk:
            paper = reverse("consent_paper", urlconf="tenants.urls", args=[self.matter.pk])
            scan.help_text += f'<a href="{paper}" target="_blank" rel="noopener">打印空白同意书</a>'
        self.initial.setdefault("valid_from", clock.today())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("giver") not in (None, Giver.SELF) and not cleaned.get("relation"):
            self.add_error("relation", "同意人不是本人，请写明凭什么证明其身份或关系。")
        if cleaned.get("method") == Method.PAPER and not cleaned.get("scan") and "scan" not in self.errors:
            self.add_error("scan", "书面同意须上传签字后的同意书扫描件。")
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", "有效期的止日不能早于起日。")
        elif ends and ends < clock.today():
            self.add_error("valid_until", "有效期已经过去，请填写今天或以后的日期。")
        return cleaned

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return said | {
            "second": UUID(said["second"]),
            "purpose": Purpose(said["purpose"]),
            "giver": Giver(said["giver"]),
            "method": Method(said["method"]),
        }


class WithdrawConsentForm(ActForm):
    consent = forms.ChoiceField(label="哪一份同意", help_text="撤回后，依据它上传的照片和健康文件将予销毁。")
    told_by = forms.ChoiceField(
        label="以何方式表示",
        choices=[("当面", "当面"), ("电话", "电话"), ("书面", "书面")],
        widget=forms.RadioSelect,
    )
    reason = TextField(label="原因", max_length=500, required=False, help_text="可以不说明原因。")

    def prepare(self) -> None:
        found = selectors.standing_consents(self.matter) if self.matter.pk else []
        known = [(str(each.pk), str(each)) for each in found]
        field: Any = self.fields["consent"]
        field.choices = [("", "请选择" if known else "此件没有未撤回的同意"), *known]

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"consent": UUID(self.cleaned_data["consent"])}


class AlternativeForm(ActForm):
    way = forms.ChoiceField(label="提供的方式", choices=Way.choices, widget=forms.RadioSelect)
    answer = forms.ChoiceField(label="结果", choices=Answer.choices, widget=forms.RadioSelect)
    note = TextField(
        label="说明", max_length=500, required=False, help_text="没有办成的写明原因；其他方式写明是什么。"
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        unclear = cleaned.get("way") == Way.OTHER or cleaned.get("answer") == Answer.FAILED
        if unclear and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "请写明是什么方式、为什么没有办成。")
        return cleaned

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return said | {"way": Way(said["way"]), "answer": Answer(said["answer"])}


class EvidenceForm(ActForm):
    category = forms.ChoiceField(label="类别", choices=BY_HAND, widget=forms.RadioSelect)
    purpose = forms.ChoiceField(
        label="用途",
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        help_text="照片、录像截图和涉及健康的文件，须有同一用途的有效同意。",
    )
    health = forms.BooleanField(
        label="涉及健康信息", required=False, help_text="如病历、诊断证明；只有经办此件的人能看。"
    )
    description = TextField(label="说明", max_length=500, required=False)
    file = FileField(label="文件")

    def prepare(self) -> None:
        self.fields["file"].help_text = f"{self.fields['file'].help_text}{retention.words()}"

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return said | {"category": Category(said["category"]), "purpose": Purpose(said["purpose"])}
