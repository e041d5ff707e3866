"""The API of replies and callbacks: what the reporter was told, and what they said."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.catalogue.words import Channel
from bancheng.identity.requests import actor_of
from tenants.matters import selectors
from tenants.replies.models import Callback, Reply


class ReplySerializer(serializers.Serializer[Reply]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="答复时间")
    text = serializers.CharField(label="答复内容")
    channel = serializers.ChoiceField(label="方式", choices=Channel.choices)
    reached = serializers.CharField(label="答复对象")
    by = serializers.CharField(label="答复人", source="by.name")


class CallbackSerializer(serializers.Serializer[Callback]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="回访时间")
    reached = serializers.BooleanField(label="是否联系上")
    solved = serializers.BooleanField(label="问题是否解决", allow_null=True)
    satisfied = serializers.BooleanField(label="是否满意", allow_null=True)
    trips_after = serializers.IntegerField(label="反映后跑动次数", allow_null=True)
    blocked_again = serializers.BooleanField(label="是否再次受阻", allow_null=True)
    note = serializers.CharField(label="回访情况")
    by = serializers.CharField(label="回访人", source="by.name")


class AnswersSerializer(serializers.Serializer[Any]):
    replies = ReplySerializer(many=True)
    callbacks = CallbackSerializer(many=True)


class AnswersView(APIView):
    @extend_schema(
        operation_id="matters_replies",
        summary="一个反映件的答复和回访，新的在前",
        responses=AnswersSerializer,
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = selectors.matter_for(actor_of(request), matter_id)
        found = {
            "replies": Reply.objects.filter(matter=matter).select_related("by"),
            "callbacks": Callback.objects.filter(matter=matter).select_related("by"),
        }
        return Response(AnswersSerializer(found).data)


urlpatterns = [
    path("matters/<uuid:matter_id>/replies/", AnswersView.as_view(), name="api-matter-replies"),
]
