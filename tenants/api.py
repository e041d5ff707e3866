"""The addresses of a centre's API below /api/v1/, and its dictionaries: the codes that bodies are made of."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue import words
from bancheng.catalogue.models import Item
from bancheng.identity.models import Department, Staff
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.overview import figures_api
from bancheng.overview.index import api as index_api
from bancheng.overview.indicators import api as indicators_api
from bancheng.timekeeping.due import LEVELS
from tenants.casework.models import MaterialStatus
from tenants.matters.states import State
from tenants.referrals import selectors as referrals

WORDS = {
    "kind": words.Kind,
    "mode": words.Mode,
    "urgency": words.Urgency,
    "purpose": words.Purpose,
    "channel": words.Channel,
    "reporter_kind": words.ReporterKind,
    "capacity": words.Capacity,
    "vulnerable": words.Vulnerability,
    "outcome": words.Outcome,
    "decline_reason": words.DeclineReason,
    "material_kind": words.MaterialKind,
    "obtained_by": words.ObtainedBy,
    "material_status": MaterialStatus,
    "state": State,
}


class WordSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label


class ItemMaterialSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField(label="形式代码")
    obtained_by = serializers.CharField(label="由谁取得，代码")
    may_follow = serializers.BooleanField(label="可以容缺")
    note = serializers.CharField(label="说明", allow_blank=True)


class ItemSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    scheme = serializers.CharField(label="险种/类别")
    lead_department = serializers.CharField(label="主办部门代码")
    statutory_working_days = serializers.IntegerField(label="法定时限（工作日）", allow_null=True)
    materials = serializers.SerializerMethodField(label="应备材料")

    @extend_schema_field(ItemMaterialSerializer(many=True))
    def get_materials(self, item: Item) -> Any:
        return ItemMaterialSerializer(catalogue.materials(item.code), many=True).data


class NamedSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class LevelSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    name = serializers.CharField()
    meaning = serializers.CharField()
    days = serializers.IntegerField(label="办理时限（工作日）")


class UnitSerializer(NamedSerializer):
    kind = serializers.CharField(label="centre为本系统中心，letter为函件单位")


class DictionariesSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(label="目录版本")
    items = ItemSerializer(many=True, label="事项")
    causes = NamedSerializer(many=True, label="根因")
    departments = NamedSerializer(many=True, label="本中心部门")
    staff = NamedSerializer(many=True, label="本中心在用的工作人员")
    levels = LevelSerializer(many=True, label="难度等级")
    units = UnitSerializer(many=True, label="可转办的单位")
    words = serializers.DictField(child=WordSerializer(many=True), label="各项代码")


class DictionariesView(APIView):
    @extend_schema(
        operation_id="dictionaries", summary="事项、根因、部门和各项代码", responses=DictionariesSerializer
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "matter.view")
        found = {
            "version": catalogue.version(),
            "items": catalogue.items(),
            "causes": catalogue.causes(),
            "departments": Department.objects.filter(active=True),
            "staff": [
                {"code": str(person.pk), "name": person.name}
                for person in Staff.objects.filter(is_active=True).order_by("name")
            ],
            "levels": LEVELS.values(),
            "units": referrals.units(),
            "words": {
                name: [{"code": code, "label": label} for code, label in choices.choices]
                for name, choices in WORDS.items()
            },
        }
        return Response(DictionariesSerializer(found).data)


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("bancheng.web.api_urls")),
    path("", include("tenants.matters.api")),
    path("", include("tenants.notices.api")),
    path("", include("tenants.casework.api")),
    path("", include("tenants.coordination.api")),
    path("", include("tenants.replies.api")),
    path("", include("tenants.referrals.api")),
    path("", include("tenants.improvement.api")),
    path("", include("tenants.improvement.drafting.api")),
    path("", include("bancheng.precedents.api")),
    path("", include("tenants.workbook.api")),
    *indicators_api.own_urlpatterns,
    *index_api.own_urlpatterns,
    *figures_api.own_urlpatterns,
    path("dictionaries/", DictionariesView.as_view(), name="api-dictionaries"),
]
