"""The office's API of its monthly bulletins: the list, one with its content, asking, reviewing, issuing."""

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path, reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.bulletins import actions, acts, selectors
from bancheng.bulletins.forms import AskForm, ListForm
from bancheng.bulletins.models import Bulletin, BulletinState
from bancheng.bulletins.selectors import Line
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, require
from bancheng.identity.requests import actor_of
from bancheng.web.api import PagedView, PathField
from bancheng.web.bodies import asked, filled, parameters_of, sent
from bancheng.web.openapi import body_of

# --- How it is shown ---------------------------------------------------------------------------------


class BulletinLineSerializer(serializers.Serializer[Line]):
    """A bulletin in the list: a `selectors.Line`."""

    id = serializers.UUIDField(source="row.pk")
    url = PathField("api-bulletin", source="row.pk")
    month = serializers.DateField(label="月份", source="row.month", format="%Y-%m")
    edition = serializers.IntegerField(label="第几稿", source="row.edition")
    number = serializers.CharField(label="文号", source="row.number", allow_blank=True)
    state = serializers.ChoiceField(label="状态", source="row.state", choices=BulletinState.choices)
    state_label = serializers.CharField()
    steps = serializers.IntegerField(label="总步数", source="row.steps")
    done = serializers.IntegerField(label="已完成步数", source="row.done")
    doing = serializers.CharField(label="正在进行", source="row.doing", allow_blank=True)
    failure = serializers.CharField(label="失败原因", source="row.failure", allow_blank=True)
    asked_at = serializers.DateTimeField(label="发起时间", source="row.asked_at")
    made_at = serializers.DateTimeField(label="生成时间", source="row.made_at", allow_null=True)
    reviewed_at = serializers.DateTimeField(label="审核时间", source="row.reviewed_at", allow_null=True)
    issued_at = serializers.DateTimeField(label="印发时间", source="row.issued_at", allow_null=True)


class BulletinBlockSerializer(serializers.Serializer[Any]):
    """A paragraph has `text`; a table `title`, `head`, `rows`, `note`; a chart `kind`, `labels`, `series`."""

    type = serializers.ChoiceField(label="类型", choices=["text", "table", "chart"])
    text = serializers.CharField(label="文字", required=False)
    title = serializers.CharField(label="标题", required=False)
    head = serializers.ListField(label="表头", child=serializers.CharField(), required=False)
    rows = serializers.JSONField(label="各行，数字或文字", required=False)
    note = serializers.CharField(label="表注", required=False, allow_blank=True)
    kind = serializers.ChoiceField(
        label="图的类型", choices=["columns", "bars", "stack", "line"], required=False
    )
    unit = serializers.CharField(label="单位", required=False, allow_blank=True)
    labels = serializers.ListField(label="图的各项", child=serializers.CharField(), required=False)
    series = serializers.JSONField(label="图的各组数值", required=False)


class BulletinSectionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField(label="标题")
    blocks = BulletinBlockSerializer(many=True, label="内容")


class BulletinActSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    why_not = serializers.CharField(label="现在不能办的原因", allow_blank=True)
    url = serializers.CharField()


class BulletinSerializer(BulletinLineSerializer):
    title = serializers.CharField(label="标题", source="row.document.title", default="")
    as_of = serializers.CharField(label="数据截至", source="row.document.as_of", default="")
    comment = serializers.CharField(label="编者按", source="row.comment", allow_blank=True)
    sections = BulletinSectionSerializer(many=True, label="正文，生成完才有", source="shown")
    available_actions = BulletinActSerializer(many=True, label="可作的处理", source="choices")


@dataclass(frozen=True)
class Shown(Line):
    """One bulletin, and what this person may do with it."""

    actor: Actor = field(kw_only=True)

    @property
    def shown(self) -> list[dict[str, Any]]:
        return self.sections if self.readable else []

    @property
    def choices(self) -> list[dict[str, str]]:
        return [
            vars(choice) | {"url": reverse(f"api-bulletin-{choice.name}", args=[self.row.pk])}
            for choice in acts.choices(self.row, self.actor)
        ]


def _shown(row: Bulletin, actor: Actor, status: int = 200) -> Response:
    return Response(BulletinSerializer(Shown(row, actor=actor)).data, status=status)


# --- Views -------------------------------------------------------------------------------------------


class BulletinsView(PagedView):
    @extend_schema(
        operation_id="bulletins_list",
        summary="月报，最新的月份在前",
        parameters=parameters_of(ListForm),
        responses=BulletinLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), selectors.PERMISSION)
        found = selectors.bulletins(**asked(ListForm, request.query_params))
        return self.paged(found, BulletinLineSerializer, lambda page: [Line(each) for each in page])

    @extend_schema(
        operation_id="bulletin_ask",
        summary="生成一个月的月报",
        description="后台生成，进度见done和steps。",
        request=body_of(AskForm),
        responses={202: BulletinSerializer},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "bulletin.draft")
        form = filled(AskForm, request.data)
        return _shown(actions.ask(actor=actor, **form.cleaned_data), actor, status=202)


class BulletinView(APIView):
    @extend_schema(operation_id="bulletin_get", summary="一份月报", responses=BulletinSerializer)
    def get(self, request: Request, bulletin_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, selectors.PERMISSION)
        return _shown(selectors.bulletin(bulletin_id), actor)


class ActView(APIView):
    """One of the acts; each has its address and description of its own, made by `act_view`."""

    name: ClassVar[str]

    def post(self, request: Request, bulletin_id: UUID) -> Response:
        actor, bound = actor_of(request), acts.bound(self.name)
        require(actor, bound.permission)
        form = bound.form(sent(bound.form(), request.data))
        return _shown(acts.perform(name=self.name, bulletin_id=bulletin_id, actor=actor, form=form), actor)


def act_view(bound: acts.Bound) -> type[ActView]:
    """The view of one act, described by its form."""
    describe = extend_schema(
        operation_id=f"bulletin_{bound.name}",
        summary=f"月报：{bound.label}",
        description="可办理的角色：" + "、".join(str(role.label) for role in PERMISSIONS[bound.permission]),
        request=body_of(bound.form),
        responses=BulletinSerializer,
    )
    view = type(f"Bulletin{bound.name.title()}View", (ActView,), {"name": bound.name})
    return extend_schema_view(post=describe)(view)


urlpatterns = [
    path("bulletins/", BulletinsView.as_view(), name="api-bulletins"),
    path("bulletins/<uuid:bulletin_id>/", BulletinView.as_view(), name="api-bulletin"),
    *(
        path(
            f"bulletins/<uuid:bulletin_id>/{name}/",
            act_view(bound).as_view(),
            name=f"api-bulletin-{name}",
        )
        for name, bound in acts.BOUND.items()
    ),
]
