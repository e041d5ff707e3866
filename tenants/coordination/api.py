"""The API of several hands: everything under the tab 协同 of a matter, and what a department is asked for."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.requests import actor_of
from bancheng.identity.roles import Role
from bancheng.web.api import PagedView
from tenants.coordination import panel
from tenants.coordination import selectors as coordination
from tenants.coordination.models import (
    Decision,
    Instruction,
    JointPart,
    Meeting,
    Prerequisite,
    Purpose,
    Signature,
    SupervisionAnswer,
    SupervisionOrder,
    Whom,
)
from tenants.coordination.panel import SignOffRow, sign_offs
from tenants.matters import selectors


class SignatureSerializer(serializers.Serializer[Signature]):
    role = serializers.ChoiceField(label="以何身份", choices=Role.choices)
    signer = serializers.CharField(label="签批人", source="signer.name")
    at = serializers.DateTimeField()
    approved = serializers.BooleanField(label="同意")
    opinion = serializers.CharField(label="意见", allow_blank=True)


class SignOffSerializer(serializers.Serializer[SignOffRow]):
    id = serializers.UUIDField(source="request.id")
    purpose = serializers.ChoiceField(label="签批事由", source="request.purpose", choices=Purpose.choices)
    basis = serializers.CharField(label="依据", source="request.basis")
    risk = serializers.CharField(label="风险提示", source="request.risk")
    precedent = serializers.CharField(label="已查先例情况", source="request.precedent", allow_null=True)
    asked_at = serializers.DateTimeField(label="提请时间", source="request.asked_at")
    asked_by = serializers.CharField(label="提请人", source="request.asked_by.name")
    ended_at = serializers.DateTimeField(source="request.ended_at", allow_null=True)
    approved = serializers.BooleanField(label="是否同意", source="request.approved", allow_null=True)
    signatures = SignatureSerializer(many=True, source="request.signatures.all")
    waiting = serializers.ListField(child=serializers.CharField(), label="还待谁签批")


class SignOffsSerializer(serializers.Serializer[Any]):
    sign_offs = SignOffSerializer(many=True)


class JointPartSerializer(serializers.Serializer[JointPart]):
    id = serializers.UUIDField()
    matter = serializers.UUIDField(source="matter_id")
    department = serializers.CharField(label="协办部门代码", source="department_id", allow_null=True)
    office = serializers.CharField(label="协办单位")
    number = serializers.CharField(label="协办函文号", allow_blank=True)
    question = serializers.CharField(label="请协办的事项", allow_null=True)
    asked_at = serializers.DateTimeField(label="提请时间")
    due_on = serializers.DateField(label="答复期限")
    signed_at = serializers.DateTimeField(label="签收时间", allow_null=True)
    answered_at = serializers.DateTimeField(label="答复时间", allow_null=True)
    answer = serializers.CharField(label="答复", allow_null=True)
    basis = serializers.CharField(label="依据", allow_null=True)
    cancelled_at = serializers.DateTimeField(label="不再协办", allow_null=True)
    is_overdue = serializers.BooleanField(label="是否超期")


class DecisionSerializer(serializers.Serializer[Decision]):
    id = serializers.UUIDField()
    what = serializers.CharField(label="办什么")
    who = serializers.CharField(label="谁来办")
    until = serializers.DateField(label="期限", allow_null=True)
    done_at = serializers.DateTimeField(label="落实时间", allow_null=True)
    result = serializers.CharField(label="落实情况", allow_null=True)


class MeetingSerializer(serializers.Serializer[Meeting]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="会商时间")
    place = serializers.CharField(label="地点")
    departments = serializers.ListField(child=serializers.CharField(), label="参加部门代码")
    offices = serializers.CharField(label="其他参加单位", allow_blank=True)
    question = serializers.CharField(label="议题")
    attended = serializers.CharField(label="到会人员", allow_null=True)
    minutes = serializers.CharField(label="纪要", allow_null=True)
    recorded_at = serializers.DateTimeField(label="纪要时间", allow_null=True)
    decisions = DecisionSerializer(many=True, label="决定", source="decisions.all")


class SupervisionAnswerSerializer(serializers.Serializer[SupervisionAnswer]):
    at = serializers.DateTimeField(label="反馈时间")
    by = serializers.CharField(label="反馈人", source="by.name")
    text = serializers.CharField(label="反馈内容")


class SupervisionSerializer(serializers.Serializer[SupervisionOrder]):
    id = serializers.UUIDField()
    number = serializers.CharField(label="文号")
    demand = serializers.CharField(label="督办要求")
    due_on = serializers.DateField(label="反馈期限")
    issued_at = serializers.DateTimeField(label="督办时间")
    by_system = serializers.SerializerMethodField(label="是否系统下达")
    answers = SupervisionAnswerSerializer(many=True, label="反馈", source="answers.all")
    lifted_at = serializers.DateTimeField(label="解除时间", allow_null=True)
    result = serializers.CharField(label="督办结果", allow_null=True)

    def get_by_system(self, order: SupervisionOrder) -> bool:
        return order.issued_by_id is None


class InstructionSerializer(serializers.Serializer[Instruction]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="批示时间")
    by = serializers.CharField(label="批示人", source="by.name")
    to = serializers.ListField(child=serializers.ChoiceField(choices=Whom.choices), label="批给")
    text = serializers.CharField(label="批示内容")


class PrerequisiteSerializer(serializers.Serializer[Prerequisite]):
    id = serializers.UUIDField()
    wanting = serializers.CharField(label="要材料的单位")
    giving = serializers.CharField(label="出材料的单位")
    paper = serializers.CharField(label="要什么材料")
    basis = serializers.CharField(label="所据规定")
    recorded_at = serializers.DateTimeField(label="记录时间")
    settled_at = serializers.DateTimeField(label="解决时间", allow_null=True)
    how = serializers.CharField(label="如何解决", allow_null=True)
    meeting = serializers.UUIDField(label="由哪次会商决定", source="meeting_id", allow_null=True)


class CoordinationSerializer(serializers.Serializer[Any]):
    joint_parts = JointPartSerializer(many=True, label="协办")
    meetings = MeetingSerializer(many=True, label="会商")
    supervision = SupervisionSerializer(many=True, label="督办")
    instructions = InstructionSerializer(many=True, label="批示")
    prerequisites = PrerequisiteSerializer(many=True, label="前置条件")
    circles = serializers.ListField(child=serializers.CharField(), label="死循环，形如甲→乙→甲")


class SignOffsView(APIView):
    @extend_schema(
        operation_id="matters_sign_offs",
        summary="一个反映件的签批，新的在前",
        responses=SignOffsSerializer,
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = selectors.matter_for(actor_of(request), matter_id)
        return Response(SignOffsSerializer({"sign_offs": sign_offs(matter)}).data)


class CoordinationView(APIView):
    @extend_schema(
        operation_id="matters_coordination",
        summary="一个反映件的协办、会商、督办、批示和前置条件",
        responses=CoordinationSerializer,
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = selectors.matter_for(actor_of(request), matter_id)
        prerequisites = list(coordination.prerequisites(matter))
        found = {
            "joint_parts": panel.joint_parts(matter),
            "meetings": coordination.meetings(matter),
            "supervision": panel.supervision_orders(matter),
            "instructions": panel.instructions(matter),
            "prerequisites": prerequisites,
            "circles": [circle.words for circle in coordination.circles_of(prerequisites)],
        }
        return Response(CoordinationSerializer(found).data)


class SupportAskedView(PagedView):
    @extend_schema(
        operation_id="support_asked",
        summary="请本部门协办、还没有答复的事项，期限近的在前",
        responses=JointPartSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        return self.paged(coordination.support_asked_of(actor_of(request)), JointPartSerializer)


urlpatterns = [
    path("matters/<uuid:matter_id>/sign-offs/", SignOffsView.as_view(), name="api-matter-sign-offs"),
    path(
        "matters/<uuid:matter_id>/coordination/", CoordinationView.as_view(), name="api-matter-coordination"
    ),
    path("support-asked/", SupportAskedView.as_view(), name="api-support-asked"),
]
