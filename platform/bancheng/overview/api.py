"""The office's API of the coordinator's board: the list, one case with its course, the three decisions."""

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path, reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed, require
from bancheng.identity.requests import actor_of
from bancheng.overview import acts, board, course, deciding
from bancheng.overview.forms import BoardForm
from bancheng.overview.models import BoardCase
from bancheng.overview.units import names
from bancheng.web.api import PagedView, PathField
from bancheng.web.bodies import asked, parameters_of, sent
from bancheng.web.openapi import body_of

# --- How a case is shown -----------------------------------------------------------------------------


class LightSerializer(serializers.Serializer[Any]):
    color = serializers.ChoiceField(choices=["green", "amber", "red", "grey"])
    word = serializers.CharField(label="期限状态")
    text = serializers.CharField(label="剩余或超期", allow_blank=True)
    remaining = serializers.IntegerField(label="剩余工作日", allow_null=True)


class CaseLineSerializer(serializers.Serializer[board.Line]):
    """A referral in the list: a `board.Line`."""

    id = serializers.UUIDField(source="case.case_id")
    url = PathField("api-board-case", source="case.case_id")
    number = serializers.CharField(label="转办文号", source="case.number")
    matter = serializers.CharField(label="反映件机读编号", source="case.matter", allow_blank=True)
    source_code = serializers.CharField(label="转出单位代码", source="case.source")
    source_name = serializers.CharField(label="转出单位", source="case.source_name")
    target_code = serializers.CharField(label="承办单位代码", source="case.target")
    target_name = serializers.CharField(label="承办单位", source="case.target_name")
    way = serializers.ChoiceField(label="对方类型", source="case.way", choices=list(board.WAYS.items()))
    item_code = serializers.CharField(label="事项代码", source="case.item")
    item = serializers.CharField(label="事项")
    level = serializers.IntegerField(label="难度等级", source="case.level")
    state = serializers.ChoiceField(label="状态", source="case.state", choices=list(board.STATES.items()))
    state_label = serializers.CharField()
    appealed = serializers.BooleanField(label="提请指定，待处理")
    escalated = serializers.BooleanField(label="提请协调，待处理")
    holder = serializers.CharField(label="现由谁办", allow_blank=True)
    age = serializers.IntegerField(label="历时工作日")
    silence = serializers.IntegerField(label="没有动静的工作日")
    light = LightSerializer()
    sent_at = serializers.DateTimeField(source="case.sent_at")
    moved_at = serializers.DateTimeField(label="最近动态", source="case.moved_at")


class EntrySerializer(serializers.Serializer[course.Entry]):
    at = serializers.DateTimeField()
    what = serializers.CharField(label="动作")
    who = serializers.CharField(label="由谁到谁")
    text = serializers.CharField(label="说明", allow_blank=True)


class ChoiceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    why_not = serializers.CharField(label="现在不能办的原因", allow_blank=True)
    url = serializers.CharField()


class CaseSerializer(CaseLineSerializer):
    round = serializers.IntegerField(label="第几次转此单位", source="case.round")
    sign_due_on = serializers.DateField(label="签收期限", source="case.sign_due_on")
    signed_at = serializers.DateTimeField(source="case.signed_at", allow_null=True)
    asked_at = serializers.DateTimeField(label="要求补正", source="case.asked_at", allow_null=True)
    asked_due_on = serializers.DateField(label="补正期限", source="case.asked_due_on", allow_null=True)
    handle_due_on = serializers.DateField(label="办理期限", source="case.handle_due_on", allow_null=True)
    answered_at = serializers.DateTimeField(source="case.answered_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="case.ended_at", allow_null=True)
    outcome = serializers.CharField(label="反馈结果代码", source="case.outcome", allow_blank=True)
    ground = serializers.CharField(label="退回依据类别", source="case.ground", allow_blank=True)
    suggested = serializers.CharField(label="建议承办单位代码", source="case.suggested", allow_blank=True)
    chases = serializers.IntegerField(label="催办次数", source="case.chases")
    designated_at = serializers.DateTimeField(source="case.designated_at", allow_null=True)
    decision = serializers.CharField(label="协调员处理", source="case.decision", allow_blank=True)
    decided_at = serializers.DateTimeField(source="case.decided_at", allow_null=True)
    decided_unit = serializers.CharField(source="case.decided_unit", allow_blank=True)
    course = EntrySerializer(many=True, label="经过，新的在前", source="entries")
    chain = CaseLineSerializer(many=True, label="转办链条，首接中心在前")
    decisions = ChoiceSerializer(many=True, label="可作的处理", source="choices")


@dataclass(frozen=True)
class Detail(board.Line):
    """One case with its course, its chain, and what this person may decide."""

    actor: Actor = field(kw_only=True)

    @property
    def entries(self) -> list[course.Entry]:
        return course.entries(self.case, names())

    @property
    def chain(self) -> list[board.Line]:
        return [board.Line(each) for each in course.chain(self.case)]

    @property
    def choices(self) -> list[dict[str, str]]:
        if not allowed(self.actor, deciding.PERMISSION):
            return []
        return [
            {
                "name": choice.name,
                "label": choice.label,
                "why_not": choice.why_not,
                "url": reverse(f"api-board-{choice.name}", args=[self.case.pk]),
            }
            for choice in deciding.choices(self.case)
        ]


def _shown(case: BoardCase, actor: Actor) -> Response:
    return Response(CaseSerializer(Detail(case, actor=actor)).data)


# --- Views -------------------------------------------------------------------------------------------


class BoardView(PagedView):
    @extend_schema(
        operation_id="board_list",
        summary="转办台账，待处理的在前，其余最新的在前",
        parameters=parameters_of(BoardForm),
        responses=CaseLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "board.view")
        found = board.cases(**asked(BoardForm, request.query_params))
        return self.paged(found, CaseLineSerializer, lambda page: [board.Line(case) for case in page])


class CaseView(APIView):
    @extend_schema(operation_id="board_get", summary="台账上的一件转办", responses=CaseSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, "board.view")
        return _shown(course.case_for(case_id), actor)


class DecisionView(APIView):
    """One of the decisions; each has its address and description of its own, made by `decision_view`."""

    name: ClassVar[str]

    def post(self, request: Request, case_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, deciding.PERMISSION)
        bound, case = acts.bound(self.name), course.case_for(case_id)
        form = bound.opened(case, sent(bound.opened(case), request.data))
        acts.perform(name=self.name, case_id=case_id, actor=actor, form=form)
        return _shown(course.case_for(case_id), actor)


def decision_view(bound: acts.Bound) -> type[DecisionView]:
    """The view of one decision, described by its form."""
    describe = extend_schema(
        operation_id=f"board_{bound.name}",
        summary=f"协调员：{bound.label}",
        description="可办理的角色："
        + "、".join(str(role.label) for role in PERMISSIONS[deciding.PERMISSION]),
        request=body_of(bound.form),
        responses=CaseSerializer,
    )
    view = type(f"Board{bound.name.title()}View", (DecisionView,), {"name": bound.name})
    return extend_schema_view(post=describe)(view)


urlpatterns = [
    path("board/", BoardView.as_view(), name="api-board"),
    path("board/<uuid:case_id>/", CaseView.as_view(), name="api-board-case"),
    *(
        path(f"board/<uuid:case_id>/{name}/", decision_view(bound).as_view(), name=f"api-board-{name}")
        for name, bound in acts.BOUND.items()
    ),
]
