"""The API of what follows the result: replies, callbacks, ratings and what came of them.

The reporter's own page has no API on purpose, see `views/track.py`.
"""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.catalogue.words import Channel
from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.timekeeping.holders import Holder
from tenants.matters import selectors as matters
from tenants.matters.models import Matter
from tenants.replies import panel, selectors
from tenants.replies.models import (
    Callback,
    Grade,
    Rating,
    Rectification,
    Reply,
    Retrospective,
    SmsState,
    Thanks,
    ThanksKind,
    Via,
)


class ReplySerializer(serializers.Serializer[Reply]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="答复时间")
    text = serializers.CharField(label="答复内容")
    channel = serializers.ChoiceField(label="方式", choices=Channel.choices)
    reached = serializers.CharField(label="答复对象")
    by = serializers.CharField(label="答复人", source="by.name")
    sms = serializers.ChoiceField(
        label="短信状态，其他方式为null",
        source="sms.state",
        choices=SmsState.choices,
        allow_null=True,
        default=None,
    )


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


class RatingSerializer(serializers.Serializer[Rating]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="评价时间")
    round = serializers.IntegerField(label="第几轮，从0起")
    grade = serializers.ChoiceField(label="评价", choices=Grade.choices)
    via = serializers.ChoiceField(label="途径，staff为代录", choices=Via.choices)
    comment = serializers.CharField(label="意见", allow_null=True)


class RectificationSerializer(serializers.Serializer[Rectification]):
    id = serializers.UUIDField()
    opened_at = serializers.DateTimeField(label="提出时间")
    due_on = serializers.DateField(label="整改期限")
    feedback = serializers.CharField(label="整改情况", allow_null=True)
    closed_at = serializers.DateTimeField(label="完成时间", allow_null=True)


class ThanksSerializer(serializers.Serializer[Thanks]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(label="形式", choices=ThanksKind.choices)
    on = serializers.DateField(label="日期")
    count = serializers.IntegerField(label="数量（件）")
    words = serializers.CharField(label="内容", allow_null=True)


class RetrospectiveSerializer(serializers.Serializer[Retrospective]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(label="复盘时间")
    lost_with = serializers.ChoiceField(label="时间主要耗在谁手上", choices=Holder.choices)
    why = serializers.CharField(label="原因")
    quicker = serializers.CharField(label="怎样可以更快")
    measure = serializers.CharField(label="建议措施")


class AnswersSerializer(serializers.Serializer[Any]):
    replies = ReplySerializer(many=True)
    callbacks = CallbackSerializer(many=True)
    ratings = RatingSerializer(many=True)
    rectifications = RectificationSerializer(many=True)
    thanks = ThanksSerializer(many=True)
    retrospectives = RetrospectiveSerializer(many=True)


class AnswersView(APIView):
    @extend_schema(
        operation_id="matters_replies",
        summary="一个反映件的答复、回访、评价、整改、感谢和复盘，新的在前",
        responses=AnswersSerializer,
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = matters.matter_for(actor_of(request), matter_id)
        found = {
            "replies": Reply.objects.filter(matter=matter).select_related("by", "sms"),
            "callbacks": Callback.objects.filter(matter=matter).select_related("by"),
            "ratings": panel.ratings(matter),
            "rectifications": Rectification.objects.filter(matter=matter),
            "thanks": panel.thanks(matter),
            "retrospectives": panel.retrospectives(matter),
        }
        return Response(AnswersSerializer(found).data)


class OpenRectificationSerializer(RectificationSerializer):
    matter = serializers.UUIDField(source="matter_id")
    number = serializers.CharField(label="编号", source="matter.number")


class SlowSerializer(serializers.Serializer[Matter]):
    matter = serializers.UUIDField(source="pk")
    number = serializers.CharField(label="编号")
    ended_at = serializers.DateTimeField(label="销号时间")
    reasons = serializers.SerializerMethodField(label="为什么要复盘")

    def get_reasons(self, matter: Matter) -> list[str]:
        return selectors.why_slow(matter)


class AfterSerializer(serializers.Serializer[Any]):
    rectifications = OpenRectificationSerializer(many=True, label="待整改，先到期的在前")
    retrospects_due = SlowSerializer(many=True, label="待复盘，新近销号的在前，最多200件")


class AfterView(APIView):
    @extend_schema(operation_id="after", summary="待整改和待复盘的反映件", responses=AfterSerializer)
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "matter.rectify")
        found = {
            "rectifications": selectors.rectifications(actor),
            "retrospects_due": selectors.retrospects_due(actor)[:200],
        }
        return Response(AfterSerializer(found).data)


urlpatterns = [
    path("matters/<uuid:matter_id>/replies/", AnswersView.as_view(), name="api-matter-replies"),
    path("after/", AfterView.as_view(), name="api-after"),
]
