"""The office's API of the city's problems: patterns, the register, one of them, what is done about it."""

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path, reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview.city import actions, acts, selectors
from bancheng.overview.city.forms import PatternsForm, ProblemsForm, TakeUpForm
from bancheng.overview.city.selectors import Detail, Line, Pattern
from bancheng.overview.models import CityProblem, Link, MeasureKind, ProblemState, Verdict
from bancheng.overview.units import short_names
from bancheng.web.api import PagedView, PathField
from bancheng.web.bodies import PAGING, asked, filled, parameters_of, sent
from bancheng.web.http import require_valid
from bancheng.web.openapi import body_of

# --- How it is shown ---------------------------------------------------------------------------------


class PatternSerializer(serializers.Serializer[Pattern]):
    """A pattern: in whose registers it stands, and over the thresholds in whose facts."""

    item_code = serializers.CharField(label="事项代码", source="item")
    item = serializers.CharField(label="事项", source="item_label")
    cause_code = serializers.CharField(label="根因代码", source="cause")
    cause = serializers.CharField(label="根因", source="cause_label")
    centres = serializers.ListField(label="涉及中心代码", child=serializers.CharField())
    problems = serializers.DictField(
        label="各中心的问题状态", source="cards", child=serializers.ChoiceField(choices=ProblemState.choices)
    )
    counts = serializers.DictField(label="超过阈值的中心的件数", child=serializers.IntegerField())
    taken_up = serializers.UUIDField(label="市级问题", source="taken_up.pk", default=None)


class RecurrenceSerializer(serializers.Serializer[Any]):
    before = serializers.IntegerField(label="措施前件数")
    after = serializers.IntegerField(label="措施后件数")
    ratio = serializers.FloatField(label="复发比", allow_null=True)
    low = serializers.FloatField(label="95%置信区间下限", allow_null=True)
    high = serializers.FloatField(label="95%置信区间上限", allow_null=True)
    text = serializers.CharField(label="说明")


class ProblemLineSerializer(serializers.Serializer[Line]):
    """A problem of the city in the list: a `selectors.Line`."""

    id = serializers.UUIDField(source="problem.pk")
    url = PathField("api-city-problem", source="problem.pk")
    number = serializers.CharField(label="编号", source="problem.number")
    item_code = serializers.CharField(label="事项代码", source="problem.item")
    item = serializers.CharField(label="事项", source="item_label")
    cause_code = serializers.CharField(label="根因代码", source="problem.cause")
    cause = serializers.CharField(label="根因", source="cause_label")
    centre_codes = serializers.ListField(
        label="涉及中心代码", source="problem.centres", child=serializers.CharField()
    )
    link = serializers.ChoiceField(label="可由谁解决", source="problem.link", choices=Link.choices)
    state = serializers.ChoiceField(label="状态", source="problem.state", choices=ProblemState.choices)
    state_label = serializers.CharField()
    opened_on = serializers.DateField(label="立项日期", source="problem.opened_on")
    measure = serializers.ChoiceField(
        label="措施类型", source="problem.measure", choices=MeasureKind.choices, allow_blank=True
    )
    from_on = serializers.DateField(label="措施起始日期", source="problem.from_on", allow_null=True)
    routine_on = serializers.DateField(label="转常态日期", source="problem.routine_on", allow_null=True)
    verdict = serializers.ChoiceField(
        label="成效", source="problem.verdict", choices=Verdict.choices, allow_blank=True
    )
    verdict_on = serializers.DateField(label="评估日期", source="problem.verdict_on", allow_null=True)
    recurrence = RecurrenceSerializer(label="最近一次评估", allow_null=True)
    watch_on = serializers.DateField(label="下次评估", allow_null=True)
    reopened = serializers.IntegerField(label="重新立项次数", source="problem.reopened")


class CentreLineSerializer(serializers.Serializer[selectors.CentreLine]):
    code = serializers.CharField(label="中心代码")
    name = serializers.CharField(label="中心")
    came = serializers.IntegerField(label="近180天件数")
    problem = serializers.CharField(label="本中心的问题编号", source="card.number", default="")
    state = serializers.CharField(label="本中心的问题状态", source="card.state", default="")


class MonthSerializer(serializers.Serializer[Any]):
    month = serializers.CharField(label="月份")
    came = serializers.IntegerField(label="新登记")


class StepSerializer(serializers.Serializer[selectors.Step]):
    at = serializers.DateTimeField()
    who = serializers.CharField(label="由谁")
    what = serializers.CharField(label="动作")
    text = serializers.CharField(label="说明", allow_blank=True)


class ActSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    why_not = serializers.CharField(label="现在不能办的原因", allow_blank=True)
    url = serializers.CharField()


class ProblemSerializer(ProblemLineSerializer):
    centres = CentreLineSerializer(many=True, label="涉及中心")
    months = MonthSerializer(many=True, label="逐月新登记", source="by_month")
    course = StepSerializer(many=True, label="经过，新的在前")
    available_actions = ActSerializer(many=True, label="可作的处理", source="choices")


@dataclass(frozen=True)
class Shown(Detail):
    """One problem, and what this person may do about it."""

    actor: Actor = field(kw_only=True)

    @property
    def by_month(self) -> list[dict[str, Any]]:
        return [{"month": selectors.month_word(first), "came": came} for first, came in self.months]

    @property
    def choices(self) -> list[dict[str, str]]:
        if not allowed(self.actor, actions.PERMISSION):
            return []
        return [
            vars(choice) | {"url": reverse(f"api-city-problem-{choice.name}", args=[self.problem.pk])}
            for choice in acts.choices(self.problem)
        ]


def _shown(problem: CityProblem, actor: Actor, status: int = 200) -> Response:
    return Response(ProblemSerializer(Shown(problem, actor=actor)).data, status=status)


# --- Views -------------------------------------------------------------------------------------------


class PatternsView(PagedView):
    @extend_schema(
        operation_id="city_patterns_list",
        summary="多个中心出现的同类问题，未立项的在前",
        parameters=parameters_of(PatternsForm),
        responses=PatternSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), selectors.PERMISSION)
        if unknown := set(request.query_params) - PAGING - set(PatternsForm.base_fields):
            raise Invalid({name: ["没有这个查询条件，请核对名称。"] for name in unknown})
        form = PatternsForm(request.query_params)
        require_valid(form)
        return self.paged(selectors.patterns(form.thresholds()), PatternSerializer, list)


class ProblemsView(PagedView):
    @extend_schema(
        operation_id="city_problems_list",
        summary="市级问题台账，最新的在前",
        parameters=parameters_of(ProblemsForm),
        responses=ProblemLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), selectors.PERMISSION)
        found, names = selectors.problems(**asked(ProblemsForm, request.query_params)), short_names()
        return self.paged(found, ProblemLineSerializer, lambda page: [Line(each, names) for each in page])

    @extend_schema(
        operation_id="city_problem_take_up",
        summary="市级立项",
        request=body_of(TakeUpForm),
        responses={201: ProblemSerializer},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, actions.PERMISSION)
        form = filled(TakeUpForm, request.data)
        return _shown(actions.take_up(actor=actor, **form.cleaned_data), actor, status=201)


class ProblemView(APIView):
    @extend_schema(operation_id="city_problem_get", summary="一个市级问题", responses=ProblemSerializer)
    def get(self, request: Request, city_problem_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, selectors.PERMISSION)
        return _shown(selectors.problem(city_problem_id), actor)


class ActView(APIView):
    """One of the acts; each has its address and description of its own, made by `act_view`."""

    name: ClassVar[str]

    def post(self, request: Request, city_problem_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, actions.PERMISSION)
        bound, problem = acts.bound(self.name), selectors.problem(city_problem_id)
        form = bound.opened(problem, sent(bound.opened(problem), request.data))
        return _shown(acts.perform(name=self.name, problem_id=problem.pk, actor=actor, form=form), actor)


def act_view(bound: acts.Bound) -> type[ActView]:
    """The view of one act, described by its form."""
    name = bound.transition.name
    describe = extend_schema(
        operation_id=f"city_problem_{name}",
        summary=f"市级问题：{bound.transition.label}",
        description="可办理的角色：" + "、".join(str(role.label) for role in PERMISSIONS[actions.PERMISSION]),
        request=body_of(bound.form),
        responses=ProblemSerializer,
    )
    view = type(f"City{name.title().replace('_', '')}View", (ActView,), {"name": name})
    return extend_schema_view(post=describe)(view)


urlpatterns = [
    path("city-patterns/", PatternsView.as_view(), name="api-city-patterns"),
    path("city-problems/", ProblemsView.as_view(), name="api-city-problems"),
    path("city-problems/<uuid:city_problem_id>/", ProblemView.as_view(), name="api-city-problem"),
    *(
        path(
            f"city-problems/<uuid:city_problem_id>/{name}/",
            act_view(bound).as_view(),
            name=f"api-city-problem-{name}",
        )
        for name, bound in acts.BOUND.items()
    ),
]
