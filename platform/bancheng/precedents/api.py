"""The API of precedents, on every host with accounts: the list, the search, one of them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.catalogue.words import Kind
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.precedents import selectors
from bancheng.precedents.forms import FiltersForm, WordsForm
from bancheng.precedents.models import Precedent, Standing
from bancheng.precedents.selectors import Filters, Line
from bancheng.web.api import PagedView, PathField
from bancheng.web.bodies import asked, filled, parameters_of
from bancheng.web.openapi import body_of


class PrecedentLineSerializer(serializers.Serializer[Line]):
    """A precedent in the list: a `selectors.Line`."""

    id = serializers.UUIDField(source="precedent.pk")
    url = PathField("api-precedent", source="precedent.pk")
    number = serializers.CharField(label="编号", source="precedent.number")
    title = serializers.CharField(label="标题", source="precedent.title")
    item_code = serializers.CharField(label="事项代码", source="precedent.item")
    item = serializers.CharField(label="事项")
    kind = serializers.ChoiceField(label="类别代码", source="precedent.kind", choices=Kind.choices)
    cause_codes = serializers.ListField(
        label="根因代码", source="precedent.causes", child=serializers.CharField()
    )
    causes = serializers.ListField(label="根因", child=serializers.CharField())
    centre_code = serializers.CharField(label="来源中心代码", source="precedent.centre")
    centre = serializers.CharField(label="来源中心")
    published_on = serializers.DateField(label="发布日期", source="precedent.published_on")
    expires_on = serializers.DateField(label="有效期至", source="precedent.expires_on")
    standing = serializers.ChoiceField(label="是否有效，代码", choices=Standing.choices)
    standing_label = serializers.CharField(label="是否有效")
    helped = serializers.IntegerField(label="有帮助次数", source="precedent.helped")


class PrecedentSerializer(PrecedentLineSerializer):
    situation = serializers.CharField(label="难在哪里", source="precedent.situation")
    solution = serializers.CharField(label="怎样办成", source="precedent.solution")
    basis = serializers.CharField(label="依据", source="precedent.basis", allow_blank=True)
    units = serializers.CharField(label="协同单位", source="precedent.units", allow_blank=True)
    working_days = serializers.IntegerField(
        label="用时（工作日）", source="precedent.working_days", allow_null=True
    )
    withdrawn_on = serializers.DateField(label="撤下日期", source="precedent.withdrawn_on", allow_null=True)
    withdrawn_reason = serializers.CharField(
        label="撤下原因", source="precedent.withdrawn_reason", allow_blank=True
    )


class _ListView(PagedView):
    def listed(self, rows: QuerySet[Precedent]) -> Response:
        names = selectors.centre_names()
        return self.paged(rows, PrecedentLineSerializer, lambda page: [Line(each, names) for each in page])


class PrecedentsView(_ListView):
    @extend_schema(
        operation_id="precedents_list",
        summary="先例，新的在前；不写条件时只列有效的",
        parameters=parameters_of(FiltersForm),
        responses=PrecedentLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, selectors.PERMISSION)
        return self.listed(selectors.listed(actor, _filters(asked(FiltersForm, request.query_params))))


class SearchView(_ListView):
    @extend_schema(
        operation_id="precedents_search",
        summary="按字词查先例；字词在正文中，不进日志",
        request=body_of(WordsForm),
        responses=PrecedentLineSerializer(many=True),
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, selectors.PERMISSION)
        return self.listed(selectors.listed(actor, _filters(filled(WordsForm, request.data).cleaned_data)))


class PrecedentView(APIView):
    @extend_schema(operation_id="precedent_get", summary="一个先例", responses=PrecedentSerializer)
    def get(self, request: Request, precedent: UUID) -> Response:
        return Response(PrecedentSerializer(Line(selectors.precedent(actor_of(request), precedent))).data)


def _filters(chosen: dict[str, Any]) -> Filters:
    return Filters(**{name: value for name, value in chosen.items() if value})


urlpatterns = [
    path("precedents/", PrecedentsView.as_view(), name="api-precedents"),
    path("precedents/search/", SearchView.as_view(), name="api-precedents-search"),
    path("precedents/<uuid:precedent>/", PrecedentView.as_view(), name="api-precedent"),
]
