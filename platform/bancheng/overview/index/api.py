"""The index, zero reports and complaints elsewhere by the API; a centre's own index at its host."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.centres.scope import current_centre
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.overview import index as indices
from bancheng.overview.index import elsewhere, months, zero
from bancheng.overview.index.forms import ElsewhereForm, IndexForm, MonthForm
from bancheng.overview.index.formula import FORMULA
from bancheng.overview.index.guards import Guard
from bancheng.web.api import PagedView
from bancheng.web.bodies import asked, filled, parameters_of
from bancheng.web.openapi import body_of


class MonthSerializer(serializers.DateField):
    """A month, as 2026-10."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="%Y-%m", **more)


class IndexTermSerializer(serializers.Serializer[indices.Term]):
    code = serializers.CharField()
    name = serializers.CharField(label="项")
    text = serializers.CharField(label="算式，数字已代入")
    part = serializers.IntegerField(label="分子")
    whole = serializers.IntegerField(label="分母")
    points = serializers.DecimalField(label="得分", max_digits=5, decimal_places=1)
    most = serializers.IntegerField(label="满分")
    meaning = serializers.CharField(label="口径")


class IndexLackingSerializer(serializers.Serializer[Any]):
    centre = serializers.CharField(label="中心")
    months = serializers.ListField(label="月份", child=serializers.CharField())


class IndexGuardSerializer(serializers.Serializer[Guard]):
    code = serializers.CharField()
    name = serializers.CharField(label="条件")
    holds = serializers.BooleanField(label="是否满足")
    says = serializers.CharField(label="说明")
    lacking = serializers.SerializerMethodField(label="不满足的中心和月份")

    @extend_schema_field(IndexLackingSerializer(many=True))
    def get_lacking(self, guard: Guard) -> list[dict[str, Any]]:
        return [
            {"centre": label, "months": [f"{month:%Y-%m}" for month in missing]}
            for label, missing in guard.lacking.items()
        ]


class IndexSerializer(serializers.Serializer[indices.Index]):
    month = MonthSerializer(label="月份")
    centre = serializers.CharField(label="中心代码，空为全市", allow_blank=True)
    value = serializers.DecimalField(label="指数", max_digits=5, decimal_places=1, allow_null=True)
    text = serializers.CharField(label="指数或“不可评”")
    why = serializers.CharField(label="不可评的原因", allow_blank=True)
    formula = serializers.CharField(label="公式，数字已代入")
    general = serializers.CharField(label="公式", default=FORMULA)
    terms = IndexTermSerializer(many=True, label="各项")
    guards = IndexGuardSerializer(many=True, label="条件")


class IndexView(APIView):
    @extend_schema(
        operation_id="index",
        summary="无事可办指数，逐月，新的在前",
        description="不写月份为近十二个月，写明月份的只给那个月。",
        parameters=parameters_of(IndexForm),
        responses=IndexSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "overview.view")
        chosen = asked(IndexForm, request.query_params)
        return _history(request, chosen, chosen["centre"])


class OwnIndexView(APIView):
    @extend_schema(
        operation_id="own_index",
        summary="本中心的无事可办指数，逐月，新的在前",
        description="不写月份为近十二个月，写明月份的只给那个月。",
        parameters=parameters_of(MonthForm),
        responses=IndexSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "figures.view")
        return _history(request, asked(MonthForm, request.query_params), current_centre().code)


def _history(request: Request, chosen: dict[str, Any], centre: str) -> Response:
    found: Any = list(reversed(indices.history(centre)))
    if "month" in request.query_params:
        found = [each for each in found if each.month == chosen["month"]]
    return Response(IndexSerializer(found, many=True).data)


# --- Zero reports ------------------------------------------------------------------------------------


class ZeroCellSerializer(serializers.Serializer[zero.Cell]):
    month = MonthSerializer(label="月份")
    stand = serializers.ChoiceField(label="零报告情况", choices=zero.Stand.choices)
    stand_label = serializers.CharField(source="stand.label")
    registered = serializers.IntegerField(label="当月登记件")
    consultations = serializers.IntegerField(label="当月咨询")
    filed_at = serializers.DateTimeField(label="报送时间", allow_null=True)


class ZeroLineSerializer(serializers.Serializer[zero.Line]):
    code = serializers.CharField(label="中心代码", source="unit.code")
    name = serializers.CharField(label="中心", source="unit.label")
    months = ZeroCellSerializer(many=True, source="cells")


class ZeroReportsView(PagedView):
    @extend_schema(
        operation_id="zero_reports_list",
        summary="各中心的零报告，按名册次序",
        description="不写月份为近十二个月，写明月份的只给那个月。",
        parameters=parameters_of(MonthForm),
        responses=ZeroLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "overview.view")
        chosen = asked(MonthForm, request.query_params)["month"]
        wanted = [chosen] if "month" in request.query_params else months.until(months.last_over())
        return self.paged(zero.grid(wanted), ZeroLineSerializer, list)


# --- Complaints elsewhere ----------------------------------------------------------------------------


class ElsewhereSerializer(serializers.Serializer[elsewhere.Line]):
    code = serializers.CharField(label="中心代码", source="unit.code")
    name = serializers.CharField(label="中心", source="unit.label")
    count = serializers.IntegerField(label="件数，空为未登记", source="newest", allow_null=True)


class ElsewhereNotedSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField(label="改动的个数")


class ElsewhereView(PagedView):
    @extend_schema(
        operation_id="elsewhere_list",
        summary="其他渠道投诉件数，按名册次序",
        description="不写月份为最近结束的月份。",
        parameters=parameters_of(MonthForm),
        responses=ElsewhereSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "overview.view")
        chosen = asked(MonthForm, request.query_params)["month"]
        return self.paged(elsewhere.grid([chosen]), ElsewhereSerializer, list)

    @extend_schema(
        operation_id="elsewhere_record",
        summary="登记一个中心一个月的其他渠道投诉件数",
        description="不写件数，为撤销已登记的数。",
        request=body_of(ElsewhereForm),
        responses=ElsewhereNotedSerializer,
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, elsewhere.PERMISSION)
        form = filled(ElsewhereForm, request.data)
        month = form.cleaned_data["month"]
        changed = elsewhere.record_counts(actor=actor, month=month, counts=form.counts())
        return Response(ElsewhereNotedSerializer({"changed": changed}).data)


urlpatterns = [
    path("index/", IndexView.as_view(), name="api-index"),
    path("zero-reports/", ZeroReportsView.as_view(), name="api-zero-reports"),
    path("elsewhere/", ElsewhereView.as_view(), name="api-elsewhere"),
]
own_urlpatterns = [path("index/", OwnIndexView.as_view(), name="api-index")]
