"""How the API shows problems: what the page shows, and what this person may do now."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from bancheng.identity.actors import Actor
from bancheng.overview.models import Link, MeasureKind, Pain, ProblemState, Verdict
from bancheng.web.api import PathField
from tenants.improvement import selectors, workflow
from tenants.improvement.models import Measure, Problem, ProblemEvent, Watch


@dataclass(frozen=True)
class Offer:
    """A step that this person's roles and the state allow, and why not yet where a rule forbids it."""

    step: workflow.Step
    reason: str | None
    problem: Problem

    @property
    def allowed(self) -> bool:
        return self.reason is None

    @property
    def url(self) -> str:
        return reverse(f"api-problem-{self.step.name}", args=[self.problem.pk])


@dataclass(frozen=True)
class Detail:
    """One problem with all that hangs on it; of the matters a study rests on those that one may see."""

    problem: Problem
    actions: list[Offer]
    studies: list[dict[str, Any]]

    @classmethod
    def of(cls, problem: Problem, actor: Actor) -> "Detail":
        studies = [
            {"study": study, "matters": [matter.pk for matter in seen]}
            for study, seen in selectors.studies(actor, problem)
        ]
        offers = [Offer(step, why, problem) for step, why in workflow.choices(problem, actor)]
        return cls(problem, offers, studies)


class ProblemOfferSerializer(serializers.Serializer[Offer]):
    name = serializers.CharField(source="step.name")
    label = serializers.CharField(source="step.label")  # type: ignore[assignment]  # a field, not DRF's own label
    final = serializers.BooleanField(label="不能自行撤销", source="step.final")
    allowed = serializers.BooleanField(label="现在可以办理")
    reason = serializers.CharField(label="为什么还不能", allow_null=True)
    url = serializers.CharField()


class ProblemLineSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = PathField("api-problem", source="id")
    number = serializers.CharField(label="编号")
    title = serializers.CharField(label="标题", allow_blank=True)
    item = serializers.CharField(label="事项代码")
    cause = serializers.CharField(label="根因代码")
    pain = serializers.ChoiceField(label="类型", choices=Pain.choices, allow_blank=True)
    link = serializers.ChoiceField(label="可由谁解决", choices=Link.choices, allow_blank=True)
    state = serializers.ChoiceField(label="状态", choices=ProblemState.choices)
    state_label = serializers.CharField(source="get_state_display")
    round = serializers.IntegerField(label="第几轮")
    found = serializers.IntegerField(label="提出时件数")
    window_days = serializers.IntegerField(label="统计天数")
    proposed_at = serializers.DateTimeField(label="提出时间")


class ProblemStudySerializer(serializers.Serializer[Any]):
    round = serializers.IntegerField(label="第几轮", source="study.round")
    at = serializers.DateTimeField(label="研判时间", source="study.at")
    by = serializers.CharField(label="记录人", source="study.by.name")
    attended = serializers.CharField(label="参加研判", source="study.attended")
    root_cause = serializers.CharField(label="根本原因", source="study.root_cause")
    pain = serializers.ChoiceField(label="类型", source="study.pain", choices=Pain.choices)
    link = serializers.ChoiceField(label="可由谁解决", source="study.link", choices=Link.choices)
    conclusion = serializers.CharField(label="研判结论", source="study.conclusion")
    matters = serializers.ListField(label="依据的反映件（可查看的）", child=serializers.UUIDField())


class ProblemMeasureSerializer(serializers.Serializer[Measure]):
    id = serializers.UUIDField()
    round = serializers.IntegerField(label="第几轮")
    kind = serializers.ChoiceField(label="措施类型", choices=MeasureKind.choices)
    text = serializers.CharField(label="措施内容")
    owner = serializers.CharField(label="责任人", source="owner.name")
    due_on = serializers.DateField(label="完成期限")
    from_on = serializers.DateField(label="试行日期", allow_null=True)
    routine_on = serializers.DateField(label="转常态日期", allow_null=True)
    ended_on = serializers.DateField(label="停止日期", allow_null=True)
    ended_reason = serializers.CharField(label="停止原因", allow_blank=True)
    steps_before = serializers.IntegerField(label="原环节数")
    steps_after = serializers.IntegerField(label="现环节数")
    days_before = serializers.IntegerField(label="原办理工作日")
    days_after = serializers.IntegerField(label="现办理工作日")
    materials_before = serializers.IntegerField(label="原材料数")
    materials_after = serializers.IntegerField(label="现材料数")
    trips_before = serializers.IntegerField(label="原跑动次数")
    trips_after = serializers.IntegerField(label="现跑动次数")


class ProblemWatchSerializer(serializers.Serializer[Watch]):
    round = serializers.IntegerField(label="第几轮")
    days = serializers.IntegerField(label="跟踪天数")
    due_on = serializers.DateField(label="评估日期")
    watched_at = serializers.DateTimeField(label="评估时间", allow_null=True)
    before = serializers.IntegerField(label="措施前件数", allow_null=True)
    after = serializers.IntegerField(label="措施后件数", allow_null=True)
    ratio = serializers.FloatField(label="复发比", allow_null=True)
    low = serializers.FloatField(label="95%区间下限", allow_null=True)
    high = serializers.FloatField(label="95%区间上限", allow_null=True)
    verdict = serializers.ChoiceField(label="成效", choices=Verdict.choices, allow_blank=True)


class ProblemCourseSerializer(serializers.Serializer[ProblemEvent]):
    at = serializers.DateTimeField(label="时间")
    round = serializers.IntegerField(label="第几轮")
    act = serializers.CharField(label="操作")
    state = serializers.ChoiceField(label="此后状态", source="to_state", choices=ProblemState.choices)
    who = serializers.CharField(label="操作人", source="actor_label")
    note = serializers.CharField(label="说明", allow_blank=True)


class ProblemRecordSerializer(serializers.Serializer[Detail]):
    """A problem with its course, studies, measures and watches."""

    problem = ProblemLineSerializer()
    opened_at = serializers.DateTimeField(label="立项时间", source="problem.opened_at", allow_null=True)
    routine_at = serializers.DateTimeField(label="转常态时间", source="problem.routine_at", allow_null=True)
    guide_version = serializers.CharField(
        label="办事指南版本", source="problem.guide_version", allow_blank=True
    )
    guide_change = serializers.CharField(
        label="指南修改内容", source="problem.guide_change", allow_blank=True
    )
    dismissed_reason = serializers.CharField(
        label="不立项理由", source="problem.dismissed_reason", allow_blank=True
    )
    studies = ProblemStudySerializer(many=True, label="研判")
    measures = ProblemMeasureSerializer(many=True, label="措施", source="problem.measures.all")
    watches = ProblemWatchSerializer(many=True, label="跟踪", source="problem.watches.all")
    course = ProblemCourseSerializer(many=True, label="经过", source="problem.events.all")
    available_actions = ProblemOfferSerializer(many=True, source="actions")


class ProblemThresholdSerializer(serializers.Serializer[Any]):
    item = serializers.CharField(label="事项代码，空为全部", allow_blank=True)
    cause = serializers.CharField(label="根因代码，空为全部", allow_blank=True)
    count = serializers.IntegerField(label="件数")
    days = serializers.IntegerField(label="统计天数")
    set_at = serializers.DateTimeField(label="修改时间", allow_null=True)
