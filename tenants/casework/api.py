"""The API of casework: what was done for a matter, read as the tabs of its page show it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.catalogue.words import MaterialKind, ObtainedBy
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.api import PagedView
from bancheng.web.bodies import filled
from bancheng.web.openapi import body_of
from tenants.casework import viewing
from tenants.casework.actions import guidance as guiding
from tenants.casework.forms.guidance import ParametersForm
from tenants.casework.models import (
    Answer,
    Category,
    Evidence,
    Giver,
    Liaison,
    LiaisonKind,
    LiaisonWay,
    Material,
    MaterialRequest,
    MaterialStatus,
    Method,
    PolicyExplanation,
    Purpose,
    Reckoning,
    ReckoningParameters,
    Visit,
    VisitKind,
    Way,
)
from tenants.casework.reckoning.pension import PayoutRule
from tenants.casework.selectors import evidence, guidance, materials
from tenants.casework.views.evidence import shown
from tenants.matters.selectors import matter_for

# --- Materials ---------------------------------------------------------------------------------------


class MaterialSerializer(serializers.Serializer[Material]):
    id = serializers.SerializerMethodField(label="编号；尚未核对的没有")
    name = serializers.CharField(label="材料")
    kind = serializers.ChoiceField(label="形式", choices=MaterialKind.choices)
    obtained_by = serializers.ChoiceField(label="由谁取得", choices=ObtainedBy.choices)
    may_follow = serializers.BooleanField(label="可以容缺")
    note = serializers.CharField(label="说明", allow_blank=True)
    status = serializers.ChoiceField(label="状态", choices=MaterialStatus.choices)
    follow_by = serializers.DateField(label="容缺补齐期限", allow_null=True)
    follow_overdue = serializers.BooleanField(label="容缺到期未补")
    undertaking = serializers.CharField(label="容缺承诺", allow_blank=True)
    source = serializers.CharField(label="来源", allow_blank=True)  # type: ignore[assignment]  # a field
    settled_at = serializers.DateTimeField(label="取得时间", allow_null=True)
    settled_by = serializers.CharField(
        label="取得人", source="settled_by.name", allow_null=True, default=None
    )

    def get_id(self, material: Material) -> UUID | None:
        return None if material._state.adding else material.pk


class MaterialRequestSerializer(serializers.Serializer[MaterialRequest]):
    id = serializers.UUIDField()
    number = serializers.IntegerField(label="第几次")
    asked_at = serializers.DateTimeField(label="要求补正时间")
    asked_by = serializers.CharField(label="提出人", source="asked_by.name")
    answer_by = serializers.DateField(label="补正期限")
    names = serializers.ListField(child=serializers.CharField(), label="所缺材料")
    words = serializers.CharField(label="说明", allow_blank=True)
    answered_at = serializers.DateTimeField(label="收到补正时间", allow_null=True)


class CompletenessSerializer(serializers.Serializer[materials.Completeness]):
    total = serializers.IntegerField(label="应备项数，不适用的不计")
    ready = serializers.IntegerField(label="已备")
    follows = serializers.IntegerField(label="容缺")
    missing = serializers.IntegerField(label="缺")


class MaterialsSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(label="清单版本，核对和收到补正时原样送回")
    completeness = CompletenessSerializer()
    materials = MaterialSerializer(many=True, label="材料清单")
    requests = MaterialRequestSerializer(many=True, label="要求补正，新的在前")


class MaterialsView(APIView):
    @extend_schema(
        operation_id="matters_materials",
        summary="一个反映件的材料清单和补正通知",
        responses=MaterialsSerializer,
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = matter_for(actor_of(request), matter_id)
        lines = materials.lines(matter)
        found = {
            "version": materials.version(matter),
            "completeness": materials.completeness(lines),
            "materials": lines,
            "requests": materials.requests(matter),
        }
        return Response(MaterialsSerializer(found).data)


# --- Consents and evidence ---------------------------------------------------------------------------


class WithdrawalSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(label="撤回时间")
    by = serializers.CharField(label="经办人", source="by.name")
    told_by = serializers.CharField(label="表示方式")
    reason = serializers.CharField(label="原因", allow_blank=True)


class ConsentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="记录时间")
    by = serializers.CharField(label="经办人", source="by.name")
    second = serializers.CharField(label="在场人", source="second.name")
    purpose = serializers.ChoiceField(label="用途", choices=Purpose.choices)
    scope = serializers.CharField(label="范围")
    giver = serializers.ChoiceField(label="同意人身份", choices=Giver.choices)
    name = serializers.CharField(label="同意人姓名，已遮盖", source="masked_name")
    relation = serializers.CharField(label="身份或关系证明", allow_blank=True)
    method = serializers.ChoiceField(label="方式", choices=Method.choices)
    valid_from = serializers.DateField(label="有效期自")
    valid_until = serializers.DateField(label="有效期至")
    scan = serializers.UUIDField(label="扫描件", source="scan_id", allow_null=True)
    withdrawal = WithdrawalSerializer(label="撤回", allow_null=True, default=None)


class AlternativeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="时间")
    by = serializers.CharField(label="经办人", source="by.name")
    way = serializers.ChoiceField(label="方式", choices=Way.choices)
    answer = serializers.ChoiceField(label="结果", choices=Answer.choices)
    note = serializers.CharField(label="说明", allow_blank=True)


class EvidenceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="上传时间")
    by = serializers.CharField(label="上传人", source="by.name")
    category = serializers.ChoiceField(label="类别", choices=Category.choices)
    purpose = serializers.ChoiceField(label="用途", choices=Purpose.choices)
    health = serializers.BooleanField(label="涉及健康信息")
    description = serializers.SerializerMethodField(label="说明；涉及健康信息的不列出")
    media_type = serializers.CharField(label="文件类型")
    size = serializers.IntegerField(label="字节数")
    sha256 = serializers.CharField(label="保存内容的SHA-256")
    destroy_on = serializers.DateField(label="到期自动销毁")
    destroyed_at = serializers.DateTimeField(label="已销毁时间", allow_null=True)

    def get_description(self, row: Evidence) -> str:
        return "" if row.health else row.description


class ConsentsView(APIView):
    @extend_schema(
        operation_id="matters_consents",
        summary="一个反映件的同意，新的在前",
        responses=ConsentSerializer(many=True),
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = matter_for(actor_of(request), matter_id)
        return Response(ConsentSerializer(evidence.consents(matter), many=True).data)


class AlternativesView(APIView):
    @extend_schema(
        operation_id="matters_alternatives",
        summary="一个反映件拍照前提供过的替代方式，新的在前",
        responses=AlternativeSerializer(many=True),
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = matter_for(actor_of(request), matter_id)
        return Response(AlternativeSerializer(evidence.alternatives(matter), many=True).data)


class EvidenceListView(APIView):
    @extend_schema(
        operation_id="matters_evidence",
        summary="一个反映件的佐证，新的在前；不含文件内容",
        responses=EvidenceSerializer(many=True),
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = matter_for(actor_of(request), matter_id)
        return Response(EvidenceSerializer(evidence.evidence(matter), many=True).data)


class EvidenceFileView(APIView):
    @extend_schema(
        operation_id="matters_evidence_file",
        summary="一份佐证的文件，带水印；每次查看记入审计",
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "image/png"): OpenApiTypes.BINARY,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, matter_id: UUID, evidence_id: UUID) -> HttpResponse:
        viewed = viewing.view(actor=actor_of(request), matter_id=matter_id, evidence_id=evidence_id)
        return shown(viewed)


# --- Guidance ----------------------------------------------------------------------------------------


class LiaisonSerializer(serializers.Serializer[Liaison]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="时间")
    by = serializers.CharField(label="经手人", source="by.name")
    unit = serializers.CharField(label="单位")
    contact = serializers.CharField(label="联系人", allow_blank=True)
    way = serializers.ChoiceField(label="方式", choices=LiaisonWay.choices)
    kind = serializers.ChoiceField(label="性质", choices=LiaisonKind.choices)
    content = serializers.CharField(label="内容")
    next_on = serializers.DateField(label="下次联系", allow_null=True)


class PolicySerializer(serializers.Serializer[PolicyExplanation]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="讲明时间")
    by = serializers.CharField(label="讲明人", source="by.name")
    title = serializers.CharField(label="文件名称")
    document = serializers.CharField(label="文号", allow_blank=True)
    article = serializers.CharField(label="条款")
    words = serializers.CharField(label="讲明内容")
    told = serializers.CharField(label="讲明对象")
    signed = serializers.BooleanField(label="已签字确认")
    reckoning = serializers.UUIDField(label="一并讲明的测算单", source="reckoning_id", allow_null=True)


class LineSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    rule = serializers.CharField(allow_blank=True)
    worked = serializers.CharField(allow_blank=True)
    result = serializers.CharField()


class GroupSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    lines = LineSerializer(many=True)


class SheetSerializer(serializers.Serializer[Any]):
    statutory = serializers.CharField(label="法定退休时间")
    planned = serializers.CharField(label="计划退休时间")
    short = serializers.IntegerField(label="缴费年限还差的月数")
    total = serializers.CharField(label="每月养老金，测算仅供参考")
    groups = GroupSerializer(many=True, label="计算步骤")
    notes = serializers.ListField(child=serializers.CharField(), label="说明")


class ReckoningSerializer(serializers.Serializer[Reckoning]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="测算时间")
    by = serializers.CharField(label="测算人", source="by.name")
    parameters = serializers.CharField(label="测算参数")
    sheet = SheetSerializer(label="测算单")
    signed = serializers.BooleanField(label="已讲明并签字")


class VisitSerializer(serializers.Serializer[Visit]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="记录时间")
    by = serializers.CharField(label="记录人", source="by.name")
    kind = serializers.ChoiceField(label="类别", choices=VisitKind.choices)
    on = serializers.DateField(label="日期")
    went = serializers.SerializerMethodField(label="前往人员")
    findings = serializers.CharField(label="了解到的情况")
    gift = serializers.DecimalField(label="慰问金额（元）", max_digits=8, decimal_places=2, allow_null=True)

    def get_went(self, visit: Visit) -> list[str]:
        return [visitor.staff.name for visitor in visit.visitors.all()]


class GuidanceSerializer(serializers.Serializer[Any]):
    liaisons = LiaisonSerializer(many=True, label="单位对接")
    policies = PolicySerializer(many=True, label="政策讲明")
    reckonings = ReckoningSerializer(many=True, label="退休测算")
    visits = VisitSerializer(many=True, label="走访慰问")


class GuidanceView(APIView):
    @extend_schema(
        operation_id="matters_guidance",
        summary="一个反映件的单位对接、政策讲明、退休测算和走访慰问，新的在前",
        responses=GuidanceSerializer,
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = matter_for(actor_of(request), matter_id)
        found = {
            "liaisons": guidance.liaisons(matter),
            "policies": guidance.policies(matter),
            "reckonings": guidance.reckonings(matter),
            "visits": guidance.visits(matter),
        }
        return Response(GuidanceSerializer(found).data)


class ParametersSerializer(serializers.Serializer[ReckoningParameters]):
    id = serializers.UUIDField()
    province = serializers.CharField(label="省份")
    year = serializers.IntegerField(label="年度")
    version = serializers.IntegerField(label="版本")
    base = serializers.DecimalField(label="养老金计发基数（元/月）", max_digits=10, decimal_places=2)
    coefficient = serializers.DecimalField(label="过渡性养老金计发系数（%）", max_digits=5, decimal_places=3)
    payout_rule = serializers.ChoiceField(label="非整岁的计发月数", choices=PayoutRule.choices)
    payout_months = serializers.DictField(
        child=serializers.CharField(), label="与国家表不同的计发月数，按年龄"
    )
    source = serializers.CharField(label="依据文件")  # type: ignore[assignment]  # a field, not DRF's own source
    entered_at = serializers.DateTimeField(label="录入时间")


class ReckoningParametersView(PagedView):
    @extend_schema(
        operation_id="reckoning_parameters_list",
        summary="退休测算参数的各版本，新的年度在前；同省同年版本最大的有效",
        responses=ParametersSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        return self.paged(guidance.parameters(actor_of(request)), ParametersSerializer)

    @extend_schema(
        operation_id="reckoning_parameters_set",
        summary="录入一版退休测算参数；旧版保留",
        request=body_of(ParametersForm),
        responses={201: ParametersSerializer},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "casework.set_parameters")
        row = guiding.set_parameters(actor=actor, **filled(ParametersForm, request.data).arguments())
        return Response(ParametersSerializer(row).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("matters/<uuid:matter_id>/materials/", MaterialsView.as_view(), name="api-matter-materials"),
    path("matters/<uuid:matter_id>/consents/", ConsentsView.as_view(), name="api-matter-consents"),
    path(
        "matters/<uuid:matter_id>/alternatives/", AlternativesView.as_view(), name="api-matter-alternatives"
    ),
    path("matters/<uuid:matter_id>/evidence/", EvidenceListView.as_view(), name="api-matter-evidence"),
    path(
        "matters/<uuid:matter_id>/evidence/<uuid:evidence_id>/file/",
        EvidenceFileView.as_view(),
        name="api-matter-evidence-file",
    ),
    path("matters/<uuid:matter_id>/guidance/", GuidanceView.as_view(), name="api-matter-guidance"),
    path("reckoning-parameters/", ReckoningParametersView.as_view(), name="api-reckoning-parameters"),
]
