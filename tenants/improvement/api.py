"""The API of the improvement loop: the register, one problem, every step, opening by hand, the thresholds."""

from functools import partial
from typing import ClassVar
from uuid import UUID

from django.urls import path, reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.api import PagedView
from bancheng.web.bodies import asked, filled, parameters_of, sent
from bancheng.web.openapi import body_of
from tenants.improvement import actions, acts, selectors, thresholds
from tenants.improvement.forms.problems import ExceptionForm, ProblemFilters, StartForm, ThresholdForm
from tenants.improvement.serializers import (
    Detail,
    ProblemLineSerializer,
    ProblemRecordSerializer,
    ProblemThresholdSerializer,
)


class ProblemsView(PagedView):
    @extend_schema(
        operation_id="problems_list",
        summary="问题台账：待立项的在前，推进中的次之，各自从新到旧",
        parameters=parameters_of(ProblemFilters),
        responses=ProblemLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        chosen = asked(ProblemFilters, request.query_params)
        return self.paged(selectors.listed(actor_of(request), **chosen), ProblemLineSerializer)

    @extend_schema(
        operation_id="problems_start",
        summary="人工提出问题并立项",
        request=body_of(StartForm),
        responses={201: ProblemRecordSerializer},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "problem.open")
        form = filled(StartForm, request.data)
        made = actions.start(actor=actor, **form.cleaned_data)
        problem = selectors.problem_for(actor, made.pk)
        headers = {"Location": reverse("api-problem", args=[made.pk])}
        shown = ProblemRecordSerializer(Detail.of(problem, actor)).data
        return Response(shown, status=status.HTTP_201_CREATED, headers=headers)


class ProposeView(APIView):
    @extend_schema(
        operation_id="problems_propose",
        summary="按最新数据统计，提出达到阈值的问题；返回新提出和重新立项的",
        request=None,
        responses=ProblemLineSerializer(many=True),
    )
    def post(self, request: Request) -> Response:
        require(actor_of(request), "problem.open")
        return Response(ProblemLineSerializer(actions.propose(), many=True).data)


class ProblemView(APIView):
    @extend_schema(operation_id="problems_get", summary="一个问题", responses=ProblemRecordSerializer)
    def get(self, request: Request, problem_id: UUID) -> Response:
        actor = actor_of(request)
        problem = selectors.problem_for(actor, problem_id)
        return Response(ProblemRecordSerializer(Detail.of(problem, actor)).data)


class StepView(APIView):
    """One step of a problem; each has its address and description of its own, made by `step_view`."""

    step: ClassVar[str]

    def post(self, request: Request, problem_id: UUID) -> Response:
        actor = actor_of(request)
        acts.perform(
            name=self.step, problem_id=problem_id, actor=actor, data=partial(sent, body=request.data)
        )
        problem = selectors.problem_for(actor, problem_id)
        return Response(ProblemRecordSerializer(Detail.of(problem, actor)).data)


def step_view(bound: acts.Bound) -> type[StepView]:
    """The view of one step, described by its form."""
    name = bound.step.name
    describe = extend_schema(
        operation_id=f"problems_{name}",
        summary=f"问题：{bound.step.label}",
        description="可办理的角色：" + "、".join(sorted(str(role.label) for role in bound.step.roles)),
        request=body_of(bound.form),
        responses=ProblemRecordSerializer,
    )
    view = type(f"Problem{name.title().replace('_', '')}View", (StepView,), {"step": name})
    return extend_schema_view(post=describe)(view)


class ThresholdsView(APIView):
    @extend_schema(
        operation_id="problem_thresholds_list",
        summary="立项阈值：一般的在前，再是单独设置的",
        responses=ProblemThresholdSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "problem.view")
        return Response(ProblemThresholdSerializer(self.found(), many=True).data)

    @extend_schema(
        operation_id="problem_thresholds_set",
        summary="设置立项阈值：一般的，或者一个事项、一个根因的",
        request=body_of(ThresholdForm),
        responses=ProblemThresholdSerializer(many=True),
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "problem.open")
        form = filled(ThresholdForm, request.data)
        actions.set_threshold(actor=actor, **form.cleaned_data)
        return Response(ProblemThresholdSerializer(self.found(), many=True).data)

    @staticmethod
    def found() -> list[dict[str, object]]:
        limit, general = thresholds.in_force().of(("", "")), thresholds.general()
        first = {
            "item": "",
            "cause": "",
            "count": limit.count,
            "days": limit.days,
            "set_at": general.set_at if general else None,
        }
        rest = ("item", "cause", "count", "days", "set_at")
        return [first, *({name: getattr(row, name) for name in rest} for row in thresholds.exceptions())]


class DropThresholdView(APIView):
    @extend_schema(
        operation_id="problem_thresholds_drop",
        summary="恢复一般阈值",
        request=body_of(ExceptionForm),
        responses=ProblemThresholdSerializer(many=True),
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "problem.open")
        form = filled(ExceptionForm, request.data)
        actions.set_threshold(actor=actor, count=None, days=None, **form.cleaned_data)
        return Response(ProblemThresholdSerializer(ThresholdsView.found(), many=True).data)


urlpatterns = [
    path("problems/", ProblemsView.as_view(), name="api-problems"),
    path("problems/propose/", ProposeView.as_view(), name="api-problems-propose"),
    path("problems/thresholds/", ThresholdsView.as_view(), name="api-problem-thresholds"),
    path("problems/thresholds/drop/", DropThresholdView.as_view(), name="api-problem-threshold-drop"),
    path("problems/<uuid:problem_id>/", ProblemView.as_view(), name="api-problem"),
    *(
        path(
            f"problems/<uuid:problem_id>/steps/{name}/",
            step_view(bound).as_view(),
            name=f"api-problem-{name}",
        )
        for name, bound in acts.BOUND.items()
    ),
]
