"""How the API shows matters and consultations: personal data masked, codes beside their words."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from bancheng.catalogue.words import (
    Capacity,
    Channel,
    DeclineReason,
    Kind,
    Mode,
    Outcome,
    Purpose,
    ReporterKind,
    Urgency,
    Vulnerability,
)
from bancheng.identity.actors import Actor
from bancheng.privacy import masks
from bancheng.timekeeping.holders import Holder, Span
from bancheng.web.api import PathField
from tenants.matters import panels, presentation, selectors, workflow
from tenants.matters.clocks import Reading, reading
from tenants.matters.models import (
    Consultation,
    Escalation,
    Event,
    Matter,
    MatterCause,
    PriorAttempt,
    Reporter,
)
from tenants.matters.states import State

Rows = serializers.Serializer[presentation.Row]


class LightSerializer(serializers.Serializer[Any]):
    color = serializers.ChoiceField(choices=["green", "amber", "red", "grey"])
    word = serializers.CharField(label="期限状态")
    text = serializers.CharField(label="剩余或超期", allow_blank=True)
    remaining = serializers.IntegerField(label="剩余工作日", allow_null=True)


class MatterLineSerializer(Rows):
    """A matter in a list: a `presentation.Row`."""

    id = serializers.UUIDField(source="matter.id")
    url = PathField("api-matter", source="matter.id")
    number = serializers.CharField(label="编号", source="matter.number")
    machine_number = serializers.CharField(label="机读编号", source="matter.machine_number")
    subject = serializers.CharField(label="事由", source="matter.subject")
    reporter_name = serializers.CharField(label="反映人（隐去）", source="matter.reporter.masked_name")
    kind = serializers.ChoiceField(label="类别", source="matter.kind", choices=Kind.choices)
    item_code = serializers.CharField(label="事项代码", source="matter.item_code")
    item = serializers.CharField(label="事项")
    state = serializers.ChoiceField(label="状态", source="matter.state", choices=State.choices)
    state_label = serializers.CharField(source="matter.get_state_display")
    holder = serializers.ChoiceField(
        label="在谁手上", source="matter.holder", choices=Holder.choices, allow_blank=True
    )
    level = serializers.IntegerField(label="难度等级", source="matter.level", allow_null=True)
    mode = serializers.ChoiceField(label="办理方式", source="matter.mode", choices=Mode.choices)
    department = serializers.CharField(label="主办部门代码", source="matter.department_id", allow_null=True)
    handler = serializers.CharField(label="经办人", source="matter.handler.name", allow_null=True)
    registered_at = serializers.DateTimeField(label="登记时间", source="matter.registered_at")
    due_on = serializers.DateField(label="办理期限", source="matter.due_on", allow_null=True)
    due_provisional = serializers.BooleanField(
        label="期限暂定（日历未公布）", source="matter.due_provisional"
    )
    light = LightSerializer()
    outcome = serializers.ChoiceField(
        label="办理结果", source="matter.outcome", choices=Outcome.choices, allow_blank=True
    )
    next_action = serializers.CharField(label="下一步", source="next.name", allow_null=True)


# --- What may be done --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """An act that this person's roles and the state allow, and why not yet where a rule forbids it."""

    transition: workflow.Transition
    reason: str | None
    matter: Matter

    @property
    def allowed(self) -> bool:
        return self.reason is None

    @property
    def url(self) -> str:
        return reverse(f"api-matter-{self.transition.name}", args=[self.matter.pk])


class OfferSerializer(serializers.Serializer[Offer]):
    name = serializers.CharField(source="transition.name")
    label = serializers.CharField(  # type: ignore[assignment]  # a field, not DRF's own label
        source="transition.label"
    )
    final = serializers.BooleanField(label="不能自行撤销", source="transition.final")
    tab = serializers.CharField(label="所在页签", source="transition.tab", allow_blank=True)
    allowed = serializers.BooleanField(label="现在可以办理")
    reason = serializers.CharField(label="为什么还不能", allow_null=True)
    url = serializers.CharField()


@dataclass(frozen=True)
class Standing(presentation.Row):
    """A matter as it stands now, and what this person may do to it."""

    actions: list[Offer]

    @classmethod
    def parts(cls, matter: Matter, actor: Actor) -> dict[str, Any]:
        (row,) = presentation.rows([matter], actor)
        choices = list(workflow.choices(matter, actor))
        reasons = panels.obstacles(matter, actor, {found.name for found, why in choices if not why})
        offers = [Offer(found, why or reasons.get(found.name), matter) for found, why in choices]
        return vars(row) | {"actions": offers}

    @classmethod
    def of(cls, matter: Matter, actor: Actor) -> "Standing":
        return cls(**cls.parts(matter, actor))


class StandingSerializer(MatterLineSerializer):
    """What an act answers with."""

    available_actions = OfferSerializer(many=True, source="actions")


class RegisteredSerializer(StandingSerializer):
    """What a registration answers with, once: the query code for the reporter's receipt, and warnings."""

    query_code = serializers.CharField(label="查询码", source="matter.query_code")
    warnings = serializers.ListField(child=serializers.CharField(), label="提醒")


@dataclass(frozen=True)
class Registered(Standing):
    warnings: list[str]


# --- One matter --------------------------------------------------------------------------------------


class ReporterSerializer(serializers.Serializer[Reporter]):
    """Masked; in clear only by the act of unmasking, with a reason."""

    kind = serializers.ChoiceField(choices=ReporterKind.choices)
    name = serializers.CharField(source="masked_name")
    identifier = serializers.CharField(source="masked_identifier", allow_blank=True)
    phone = serializers.CharField(source="masked_phone", allow_blank=True)
    has_address = serializers.SerializerMethodField(label="是否留有地址")
    capacity = serializers.ChoiceField(choices=Capacity.choices)
    principal_name = serializers.CharField(source="masked_principal_name", allow_blank=True)
    vulnerable = serializers.ListField(child=serializers.ChoiceField(choices=Vulnerability.choices))

    def get_has_address(self, reporter: Reporter) -> bool:
        return bool(reporter.address)


class AttemptSerializer(serializers.Serializer[PriorAttempt]):
    office = serializers.CharField(label="去过的单位")
    when = serializers.CharField(label="大致时间", allow_blank=True)
    answer = serializers.CharField(label="当时的答复", allow_blank=True)


class CauseSerializer(serializers.Serializer[MatterCause]):
    code = serializers.CharField()
    principal = serializers.BooleanField(label="主因")


class EventSerializer(serializers.Serializer[Event]):
    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    act = serializers.CharField()
    label = serializers.SerializerMethodField()  # type: ignore[assignment]  # a field, not DRF's own label
    from_state = serializers.ChoiceField(choices=State.choices)
    to_state = serializers.ChoiceField(choices=State.choices)
    holder = serializers.ChoiceField(label="此后在谁手上", choices=Holder.choices, allow_blank=True)
    holder_label = serializers.CharField(allow_blank=True)
    actor = serializers.CharField(label="办理人", source="actor_label")
    note = serializers.CharField(label="内容", allow_blank=True)

    def get_label(self, event: Event) -> str:
        known = workflow.TRANSITIONS.get(event.act)
        return known.label if known else event.act


class SpanSerializer(serializers.Serializer[Span]):
    holder = serializers.ChoiceField(choices=Holder.choices)
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    working_days = serializers.FloatField(label="工作日（每日九小时）")


class ClocksSerializer(serializers.Serializer[Reading]):
    """By when, how much of it is used, and when the reporter was and is to be told; days are working days."""

    days = serializers.IntegerField(label="办理时限", source="term.days", default=None)
    extended_by = serializers.IntegerField(label="其中延期", source="term.granted", default=None)
    statutory_days = serializers.IntegerField(label="法定时限", source="term.statutory", default=None)
    used = serializers.IntegerField(label="已用", source="spent.net")
    waited = serializers.IntegerField(label="等待反映人")
    first_contact = LightSerializer()
    first_contact_by = serializers.DateTimeField(label="应首次联系", allow_null=True)
    progress = LightSerializer()
    progress_by = serializers.DateField(label="下次告知不晚于", allow_null=True)


class LimitSerializer(serializers.Serializer[Any]):
    """The working days of a level, the city's and this centre's."""

    level = serializers.IntegerField(label="难度等级")
    city_days = serializers.IntegerField(label="全市规定（工作日）")
    days = serializers.IntegerField(label="本中心（工作日）")


@dataclass(frozen=True)
class Detail(Standing):
    """A matter with its timeline and whose hands the time went through."""

    timeline: list[Event]
    hands: list[Span]
    clocks: Reading

    @classmethod
    def of(cls, matter: Matter, actor: Actor) -> "Detail":
        events = selectors.timeline(matter)
        return cls(
            **cls.parts(matter, actor),
            timeline=events,
            hands=selectors.hands(events),
            clocks=reading(matter, events),
        )


class MatterSerializer(StandingSerializer):
    """Everything about one matter that this person may see."""

    waiting_for = serializers.SerializerMethodField(label="现在等什么")
    reporter = ReporterSerializer(source="matter.reporter")
    narrative = serializers.CharField(label="情况说明", source="matter.narrative")
    channel = serializers.ChoiceField(label="来源", source="matter.channel", choices=Channel.choices)
    purpose = serializers.ChoiceField(label="诉求性质", source="matter.purpose", choices=Purpose.choices)
    urgency = serializers.ChoiceField(label="紧急程度", source="matter.urgency", choices=Urgency.choices)
    trips_before = serializers.IntegerField(label="此前跑动次数", source="matter.trips_before")
    months_before = serializers.IntegerField(label="此前历时（月）", source="matter.months_before")
    prior_attempts = AttemptSerializer(many=True, source="matter.prior_attempts.all")
    causes = CauseSerializer(many=True, source="matter.causes.all")
    causes_confirmed = serializers.BooleanField(source="matter.causes_confirmed")
    first_of_kind = serializers.BooleanField(label="首例", source="matter.first_of_kind")
    repeated = serializers.BooleanField(label="重复反映", source="matter.repeated")
    came_by_referral = serializers.BooleanField(label="其他中心转入", source="matter.came_by_referral")
    consultation = serializers.UUIDField(source="matter.consultation", allow_null=True)
    supporting = serializers.ListField(
        child=serializers.CharField(), label="协办部门代码", source="matter.supporting"
    )
    registrar = serializers.CharField(label="登记人", source="matter.registrar.name", allow_null=True)
    returns = serializers.IntegerField(label="部门退回次数", source="matter.returns")
    reopened = serializers.IntegerField(label="重办次数", source="matter.reopened")
    special_approved = serializers.BooleanField(source="matter.special_approved")
    negative_approved = serializers.BooleanField(source="matter.negative_approved")
    called_back = serializers.BooleanField(label="回访已完成", source="matter.called_back")
    sensitive = serializers.BooleanField(label="敏感件", source="matter.sensitive")
    supervised = serializers.BooleanField(label="督办中", source="matter.supervised")
    escalated = serializers.ChoiceField(
        label="提级", source="matter.escalated", choices=Escalation.choices, allow_blank=True
    )
    case_leader = serializers.CharField(label="包案领导", source="matter.case_leader.name", allow_null=True)
    unanswered = serializers.ListField(
        child=serializers.CharField(), label="未答复的协办单位代码", source="matter.unanswered"
    )
    pauses = serializers.IntegerField(label="要求补正次数", source="matter.pauses")
    extensions = serializers.IntegerField(label="延期次数", source="matter.extensions")
    merged_into = serializers.UUIDField(label="并入的反映件", source="matter.merged_into_id", allow_null=True)
    handling_days = serializers.IntegerField(
        label="办理时限（工作日）", source="matter.handling_days", allow_null=True
    )
    accepted_at = serializers.DateTimeField(source="matter.accepted_at", allow_null=True)
    assigned_at = serializers.DateTimeField(source="matter.assigned_at", allow_null=True)
    first_contact_at = serializers.DateTimeField(source="matter.first_contact_at", allow_null=True)
    last_told_at = serializers.DateTimeField(source="matter.last_told_at", allow_null=True)
    resolved_at = serializers.DateTimeField(source="matter.resolved_at", allow_null=True)
    replied_at = serializers.DateTimeField(source="matter.replied_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="matter.ended_at", allow_null=True)
    decline_reason = serializers.ChoiceField(
        source="matter.decline_reason", choices=DeclineReason.choices, allow_blank=True
    )
    paid_on = serializers.DateField(label="到账日期", source="matter.paid_on", allow_null=True)
    paid_amount = serializers.DecimalField(
        label="到账金额（元）",
        source="matter.paid_amount",
        max_digits=12,
        decimal_places=2,
        allow_null=True,
    )
    paid_tail = serializers.CharField(label="到账账号末四位", source="matter.paid_tail", allow_blank=True)
    clocks = ClocksSerializer()
    timeline = EventSerializer(many=True)
    hands = SpanSerializer(many=True, label="经手时间")

    def get_waiting_for(self, row: presentation.Row) -> str:
        return presentation.waiting_for(row.matter)


# --- Consultations -----------------------------------------------------------------------------------


class ConsultationLineSerializer(serializers.Serializer[Consultation]):
    id = serializers.UUIDField()
    url = PathField("api-consultation", source="id")
    at = serializers.DateTimeField(label="咨询时间")
    channel = serializers.ChoiceField(label="来源", choices=Channel.choices)
    item_code = serializers.CharField(label="事项代码")
    subject = serializers.CharField(label="事由")
    reporter_kind = serializers.ChoiceField(choices=ReporterKind.choices)
    name = serializers.CharField(label="咨询人（隐去）", source="masked_name", allow_blank=True)
    clerk = serializers.CharField(label="接待人", source="clerk.name", allow_null=True)
    matter_id = serializers.UUIDField(label="已转为反映件", allow_null=True)


class ConsultationSerializer(ConsultationLineSerializer):
    question = serializers.CharField(label="咨询内容", allow_blank=True)
    answer = serializers.CharField(label="答复内容", allow_blank=True)
    phone = serializers.SerializerMethodField(label="联系电话（隐去）")

    def get_phone(self, row: Consultation) -> str:
        return masks.mask_phone(row.phone or "")
