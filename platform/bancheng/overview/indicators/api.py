"""The indicators by the API: at the office of all centres or one, at a centre's host of that one."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.centres.scope import current_centre
from bancheng.errors import Invalid
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.overview.indicators import GROUPS, Figures, Shown, all_of
from bancheng.overview.scope_forms import ScopeForm
from bancheng.web.bodies import parameters_of
from bancheng.web.http import require_valid


class ShownSerializer(serializers.Serializer[Shown]):
    """One indicator as pages and exports say it."""

    code = serializers.CharField(label="代码")
    name = serializers.CharField(label="指标")
    group = serializers.ChoiceField(label="类别", choices=list(GROUPS.items()))
    unit = serializers.CharField(label="单位")
    formula = serializers.CharField(label="口径")
    text = serializers.CharField(label="数值和分子、分母")
    value = serializers.CharField(label="数值")
    of = serializers.CharField(label="分子/分母", allow_blank=True)
    number = serializers.DecimalField(
        label="数", max_digits=14, decimal_places=2, allow_null=True, normalize_output=True
    )
    part = serializers.IntegerField(label="分子", allow_null=True)
    whole = serializers.IntegerField(label="分母或样本数", allow_null=True)
    why = serializers.CharField(label="不能计的原因", allow_blank=True)


class IndicatorsSerializer(serializers.Serializer[Any]):
    since = serializers.DateField(label="起始日期")
    until = serializers.DateField(label="截止日期")
    narrowed = serializers.DictField(label="筛选条件", child=serializers.CharField())
    indicators = ShownSerializer(many=True)


class IndicatorsView(APIView):
    @extend_schema(
        operation_id="indicators",
        summary="全部指标，每项有口径、分子和分母",
        description="期间缺省为本月和此前十一个月；分母不足5的比率不给数，分母为0的为“—”。",
        parameters=parameters_of(ScopeForm),
        responses=IndicatorsSerializer,
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "overview.view")
        return _answer(request, "")


def _of_a_centre() -> list[OpenApiParameter]:
    return [each for each in parameters_of(ScopeForm) if each.name != "centre"]


class OwnIndicatorsView(APIView):
    @extend_schema(
        operation_id="own_indicators",
        summary="本中心的全部指标，每项有口径、分子和分母",
        description="期间缺省为本月和此前十一个月；分母不足5的比率不给数，分母为0的为“—”。",
        parameters=_of_a_centre(),
        responses=IndicatorsSerializer,
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "figures.view")
        return _answer(request, current_centre().code)


def _answer(request: Request, centre: str) -> Response:
    form = ScopeForm(request.query_params, centre=centre)
    if unknown := set(request.query_params) - set(form.fields):
        raise Invalid({name: ["没有这个查询条件，请核对名称。"] for name in sorted(unknown)})
    require_valid(form)
    scope = form.scope()
    found = {
        "since": scope.since,
        "until": scope.until,
        "narrowed": scope.narrowed,
        "indicators": all_of(Figures(scope)),
    }
    return Response(IndicatorsSerializer(found).data)


urlpatterns = [path("indicators/", IndicatorsView.as_view(), name="api-indicators")]
own_urlpatterns = [path("indicators/", OwnIndicatorsView.as_view(), name="api-indicators")]
