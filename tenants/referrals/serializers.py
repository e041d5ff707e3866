"""How the API shows referrals; the reporter, phones and givers of consents are masked."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from bancheng.catalogue.words import Outcome, ReporterKind
from bancheng.identity.actors import Actor
from bancheng.privacy import masks
from bancheng.timekeeping.lights import Light
from bancheng.web.api import PathField
from tenants.casework.models import Category, Giver, Method, Purpose
from tenants.matters.serializers import LightSerializer
from tenants.referrals import enclosed, presentation, selectors, workflow
from tenants.referrals.models import (
    CarriedConsent,
    CarriedFile,
    ContactLog,
    Counterpart,
    Direction,
    Ground,
    MaterialAsk,
    Referral,
    State,
)


@dataclass(frozen=True)
class Line:
    """A referral in a list."""

    referral: Referral
    item: str
    light: Light
    holder: str
    flags: list[presentation.Flag]


@dataclass(frozen=True)
class Detail(Line):
    """One referral, what goes along, and the steps that this person may take now."""

    steps: list[dict[str, Any]]
    files: list[enclosed.FileRow]
    legs: list[presentation.Leg]

    @classmethod
    def of(cls, referral: Referral, actor: Actor) -> "Detail":
        steps = [
            {
                "name": step.name,
                "label": step.label,
                "final": step.final,
                "url": reverse(f"api-referral-{step.name}", args=[referral.pk]),
            }
            for step in workflow.choices(referral, actor)
        ]
        (line,) = lines([referral])
        return cls(
            **vars(line),
            steps=steps,
            files=enclosed.files(referral, actor),
            legs=presentation.legs(referral, selectors.origin_of(referral)),
        )


def lines(referrals: Any) -> list[Line]:
    """No query beyond that of `referrals`."""
    return [
        Line(row.referral, row.item, row.light, row.holder, row.flags) for row in presentation.rows(referrals)
    ]


class ReferralLineSerializer(serializers.Serializer[Line]):
    id = serializers.UUIDField(source="referral.id")
    url = PathField("api-referral", source="referral.id")
    number = serializers.CharField(label="转办文号", source="referral.number", allow_blank=True)
    direction = serializers.ChoiceField(source="referral.direction", choices=Direction.choices)
    counterpart = serializers.ChoiceField(source="referral.counterpart", choices=Counterpart.choices)
    unit_code = serializers.CharField(label="对方单位代码", source="referral.unit_code")
    unit_name = serializers.CharField(label="对方单位", source="referral.unit_name")
    unit_matter_number = serializers.CharField(
        label="对方编号", source="referral.unit_matter_number", allow_blank=True
    )
    state = serializers.ChoiceField(label="状态", source="referral.state", choices=State.choices)
    state_label = serializers.CharField(source="referral.get_state_display")
    subject = serializers.CharField(label="事由", source="referral.subject")
    item_code = serializers.CharField(label="事项代码", source="referral.item_code")
    item = serializers.CharField(label="事项")
    matter_id = serializers.UUIDField(label="本中心反映件", source="referral.matter_id", allow_null=True)
    matter_number = serializers.CharField(source="referral.matter.number", allow_null=True)
    created_at = serializers.DateTimeField(source="referral.created_at")
    sent_at = serializers.DateTimeField(source="referral.sent_at", allow_null=True)
    sign_due_on = serializers.DateField(label="签收期限", source="referral.sign_due_on", allow_null=True)
    signed_at = serializers.DateTimeField(source="referral.signed_at", allow_null=True)
    answered_at = serializers.DateTimeField(source="referral.answered_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="referral.ended_at", allow_null=True)
    first_number = serializers.CharField(label="首接编号", source="referral.first_number", allow_blank=True)
    round = serializers.IntegerField(label="第几次转此单位", source="referral.round")
    sensitive = serializers.BooleanField(label="敏感件", source="referral.sensitive")
    handle_due_on = serializers.DateField(
        label="对方办理期限", source="referral.handle_due_on", allow_null=True
    )
    onward_unit = serializers.CharField(label="再转单位", source="referral.onward_unit", allow_blank=True)
    onward_since = serializers.DateTimeField(source="referral.onward_since", allow_null=True)
    chases = serializers.IntegerField(label="催办次数", source="referral.chases")
    chased_at = serializers.DateTimeField(source="referral.chased_at", allow_null=True)
    escalated_at = serializers.DateTimeField(
        label="提请协调时间", source="referral.escalated_at", allow_null=True
    )
    appealed_at = serializers.DateTimeField(
        label="提请指定时间", source="referral.appealed_at", allow_null=True
    )
    designated_at = serializers.DateTimeField(
        label="指定承办时间", source="referral.designated_at", allow_null=True
    )
    holder = serializers.CharField(label="现由谁办", allow_blank=True)
    flags = serializers.SerializerMethodField(label="须关注的原因")
    light = LightSerializer()

    def get_flags(self, line: Line) -> list[str]:
        return [flag.text for flag in line.flags]


class AskSerializer(serializers.Serializer[MaterialAsk]):
    at = serializers.DateTimeField(label="要求时间")
    items = serializers.CharField(label="要求补正的内容")
    due_on = serializers.DateField(label="补正期限")
    given_at = serializers.DateTimeField(label="补正时间", allow_null=True)
    given = serializers.CharField(label="补正说明", allow_null=True)


class CarriedFileSerializer(serializers.Serializer[enclosed.FileRow]):
    """A file that travels; its content is at `url`, where this person may open it now."""

    id = serializers.UUIDField(source="file.id")
    travels = serializers.ChoiceField(label="随附于", source="file.travels", choices=CarriedFile.With.choices)
    comes_in = serializers.BooleanField(label="由对方发来", source="file.comes_in")
    category = serializers.ChoiceField(source="file.category", choices=Category.choices)
    health = serializers.BooleanField(label="涉及健康信息", source="file.health")
    name = serializers.SerializerMethodField(label="文件名")
    media_type = serializers.CharField(source="file.media_type")
    size = serializers.IntegerField(label="字节数", source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    status = serializers.SerializerMethodField(label="状态")
    arrived_at = serializers.DateTimeField(source="file.arrived_at", allow_null=True)
    destroy_on = serializers.DateField(source="file.destroy_on")
    url = serializers.SerializerMethodField()

    def get_name(self, row: enclosed.FileRow) -> str:
        return str(row.file.name) if row.named else ""

    def get_status(self, row: enclosed.FileRow) -> str:
        return row.light[1]

    def get_url(self, row: enclosed.FileRow) -> str | None:
        if not row.opens:
            return None
        return reverse("api-referral-file", args=[row.file.referral_id, row.file.pk])


class CarriedConsentSerializer(serializers.Serializer[CarriedConsent]):
    id = serializers.UUIDField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    scope = serializers.CharField(label="范围")
    giver = serializers.ChoiceField(label="同意人身份", choices=Giver.choices)
    name = serializers.SerializerMethodField(label="同意人姓名（隐去）")
    method = serializers.ChoiceField(choices=Method.choices)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    withdrawn_at = serializers.DateTimeField(label="撤回时间", allow_null=True)

    def get_name(self, consent: CarriedConsent) -> str:
        return masks.mask_name(consent.name)


class LegSerializer(serializers.Serializer[presentation.Leg]):
    unit = serializers.CharField(label="单位")
    part = serializers.CharField(label="承担")
    number = serializers.CharField(label="编号", allow_blank=True)
    since = serializers.DateTimeField(label="承接时间", allow_null=True)
    due_on = serializers.DateField(label="办理期限", allow_null=True)
    light = LightSerializer(allow_null=True)


class ContactSerializer(serializers.Serializer[ContactLog]):
    at = serializers.DateTimeField()
    way = serializers.ChoiceField(choices=ContactLog.Way.choices)
    reached = serializers.BooleanField(label="联系上")
    person = serializers.CharField(label="对方人员", allow_blank=True)
    content = serializers.CharField(label="沟通内容")
    signed_for = serializers.BooleanField(label="对方已签收")
    next_on = serializers.DateField(label="下次联系日期", allow_null=True)
    by = serializers.CharField(label="联系人", source="by.name")


class StepSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    final = serializers.BooleanField(label="不能自行撤销")
    url = serializers.CharField()


class BroughtSerializer(serializers.Serializer[Any]):
    """What travelled with the referral; the reporter masked."""

    reporter_kind = serializers.ChoiceField(source="reporter.kind", choices=ReporterKind.choices)
    reporter_name = serializers.SerializerMethodField()
    narrative = serializers.CharField(label="情况说明", source="story.narrative")
    trips_before = serializers.IntegerField(source="story.trips_before")
    months_before = serializers.IntegerField(source="story.months_before")
    level = serializers.IntegerField(source="triage.level", allow_null=True)
    causes = serializers.ListField(child=serializers.CharField(), source="triage.causes")

    def get_reporter_name(self, digest: dict[str, Any]) -> str:
        person = digest["reporter"]
        name = str(person["name"])
        return masks.mask_name(name) if person["kind"] == ReporterKind.PERSON else name


class ReferralSerializer(ReferralLineSerializer):
    reason = serializers.CharField(label="转办理由", source="referral.reason")
    requested = serializers.CharField(label="请对方办理的事项", source="referral.requested")
    contact_person = serializers.CharField(source="referral.contact_person", allow_null=True)
    contact_phone = serializers.SerializerMethodField(label="对方联系电话（隐去）")
    brought = BroughtSerializer(label="随转内容", source="referral.digest", allow_null=True)
    contacts = ContactSerializer(many=True, source="referral.contacts.all")
    answer = serializers.CharField(label="反馈内容", source="referral.answer", allow_null=True)
    answer_outcome = serializers.ChoiceField(
        source="referral.answer_outcome", choices=Outcome.choices, allow_blank=True
    )
    answer_number = serializers.CharField(label="复函文号", source="referral.answer_number", allow_blank=True)
    answer_dated = serializers.DateField(label="复函日期", source="referral.answer_dated", allow_null=True)
    answer_scan = serializers.UUIDField(label="复函扫描件", source="referral.answer_scan_id", allow_null=True)
    copy_to = serializers.CharField(label="抄送", source="referral.copy_to", allow_blank=True)
    return_reason = serializers.CharField(source="referral.return_reason", allow_null=True)
    return_ground = serializers.ChoiceField(
        label="退回依据类别", source="referral.return_ground", choices=Ground.choices, allow_blank=True
    )
    suggested_unit = serializers.CharField(
        label="建议承办单位代码", source="referral.suggested_unit", allow_blank=True
    )
    recall_reason = serializers.CharField(source="referral.recall_reason", allow_null=True)
    appeal = serializers.CharField(label="提请指定的理由", source="referral.appeal", allow_null=True)
    designation = serializers.CharField(
        label="指定承办的理由", source="referral.designation", allow_null=True
    )
    told_at = serializers.DateTimeField(label="告知反映人时间", source="referral.told_at", allow_null=True)
    legs = LegSerializer(many=True, label="各承办单位与时限")
    asks = AskSerializer(many=True, source="referral.asks.all")
    files = CarriedFileSerializer(many=True)
    consents = CarriedConsentSerializer(many=True, source="referral.consents.all")
    available_steps = StepSerializer(many=True, source="steps")

    def get_contact_phone(self, line: Line) -> str:
        return masks.mask_phone(line.referral.contact_phone or "")
