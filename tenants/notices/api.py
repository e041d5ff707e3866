"""The API of notices: the person's own, newest first; reading them; this morning's digest."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.errors import NotFound
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.web.api import PagedView, PathField
from bancheng.web.bodies import asked, parameters_of
from bancheng.web.tones import TONES
from tenants.notices import actions, selectors
from tenants.notices.forms import NoticeFilters
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Digest, Notice


class NoticeSerializer(serializers.Serializer[Notice]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(label="类别", choices=NoticeKind.choices)
    tone = serializers.ChoiceField(choices=sorted(TONES))
    text = serializers.CharField(label="内容")
    matter_id = serializers.UUIDField(label="反映件", allow_null=True)
    matter_url = PathField("api-matter", source="matter_id", allow_null=True)
    thing_id = serializers.UUIDField(label="所涉问题；与反映件二者居其一", source="thing", allow_null=True)
    at = serializers.DateTimeField(label="时间")
    read_at = serializers.DateTimeField(label="已读时间", allow_null=True)


class CountSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(label="清单")
    title = serializers.CharField()
    count = serializers.IntegerField(label="件数")


class DigestSerializer(serializers.Serializer[Digest]):
    day = serializers.DateField(label="日期")
    at = serializers.DateTimeField(label="生成时间")
    counts = CountSerializer(many=True)
    read_at = serializers.DateTimeField(label="已读时间", allow_null=True)


class ReadSerializer(serializers.Serializer[Any]):
    read = serializers.IntegerField(label="本次标为已读的条数")


class NoticesView(PagedView):
    @extend_schema(
        operation_id="notices_list",
        summary="本人的提醒，新的在前；show=all含已读",
        parameters=parameters_of(NoticeFilters),
        responses=NoticeSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "matter.view")
        chosen = asked(NoticeFilters, request.query_params)
        found = selectors.of(actor, kind=chosen["kind"], unread=chosen["show"] != "all")
        return self.paged(found, NoticeSerializer)


class ReadAllView(APIView):
    @extend_schema(
        operation_id="notices_read_all", summary="全部标为已读", request=None, responses=ReadSerializer
    )
    def post(self, request: Request) -> Response:
        return Response(ReadSerializer({"read": actions.mark_all_read(actor=actor_of(request))}).data)


class ReadView(APIView):
    @extend_schema(
        operation_id="notices_read", summary="一条标为已读", request=None, responses=NoticeSerializer
    )
    def post(self, request: Request, notice_id: UUID) -> Response:
        notice = actions.mark_read(notice_id=notice_id, actor=actor_of(request))
        return Response(NoticeSerializer(notice).data)


class DigestView(APIView):
    @extend_schema(
        operation_id="notices_digest", summary="本人的今日摘要：各清单的件数", responses=DigestSerializer
    )
    def get(self, request: Request) -> Response:
        digest = selectors.digest(actor_of(request))
        if digest is None:
            raise NotFound("今天还没有摘要，工作日8:35生成。")
        return Response(DigestSerializer(digest).data)


urlpatterns = [
    path("notices/", NoticesView.as_view(), name="api-notices"),
    path("notices/read/", ReadAllView.as_view(), name="api-notices-read"),
    path("notices/digest/", DigestView.as_view(), name="api-notices-digest"),
    path("notices/<uuid:notice_id>/read/", ReadView.as_view(), name="api-notice-read"),
]
