"""The API of drafts of precedents: the list, one of them, every act, and what there is beside a matter."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path, reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, require
from bancheng.identity.requests import actor_of
from bancheng.identity.roles import names
from bancheng.precedents.api import PrecedentSerializer
from bancheng.precedents.search import Suggestion
from bancheng.precedents.selectors import Line
from bancheng.web.api import PagedView, PathField
from bancheng.web.bodies import asked, filled, parameters_of, sent
from bancheng.web.openapi import body_of
from tenants.improvement.drafting import actions, acts, selectors, workflow
from tenants.improvement.drafting.forms import BeginForm, DraftFilters, traces_in
from tenants.improvement.models import DraftState, PrecedentDraft
from tenants.matters import selectors as matters

# --- How it is shown ---------------------------------------------------------------------------------


class DraftLineSerializer(serializers.Serializer[PrecedentDraft]):
    """A draft in the list."""

    id = serializers.UUIDField(source="pk")
    url = PathField("api-precedent-draft", source="pk")
    title = serializers.CharField(label="标题")
    state = serializers.ChoiceField(label="状态", choices=DraftState.choices)
    state_label = serializers.CharField(source="get_state_display")
    number = serializers.CharField(label="编号，发布后才有", allow_blank=True)
    drafted_at = serializers.DateTimeField(label="起草时间")
    drafted_by = serializers.CharField(label="起草人", source="drafted_by.name")
    expires_on = serializers.DateField(label="有效期至", allow_null=True)


class DraftActSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    why_not = serializers.CharField(label="现在不能办的原因", allow_blank=True)
    url = serializers.CharField()


class DraftSerializer(DraftLineSerializer):
    situation = serializers.CharField(label="难在哪里")
    solution = serializers.CharField(label="怎样办成")
    basis = serializers.CharField(label="依据", allow_null=True)
    units = serializers.CharField(label="协同单位", allow_blank=True)
    causes = serializers.ListField(label="根因代码", child=serializers.CharField())
    working_days = serializers.IntegerField(label="用时（工作日）", allow_null=True)
    review_note = serializers.CharField(label="审核意见", allow_null=True)


@dataclass(frozen=True)
class Detail:
    """A draft, what looks personal in it, and what this person may do to it."""

    draft: PrecedentDraft
    actor: Actor

    @property
    def traces(self) -> list[str]:
        return traces_in(self.draft)

    @property
    def choices(self) -> list[dict[str, str]]:
        return [
            {
                "name": each.name,
                "label": each.label,
                "why_not": why or "",
                "url": reverse(f"api-precedent-draft-{each.name}", args=[self.draft.pk]),
            }
            for each, why in workflow.choices(self.draft, self.actor)
        ]


class DetailSerializer(serializers.Serializer[Detail]):
    draft = DraftSerializer()
    traces = serializers.ListField(label="像是个人信息的", child=serializers.CharField())
    available_actions = DraftActSerializer(many=True, label="可作的处理", source="choices")


class SuggestionSerializer(serializers.Serializer[Suggestion]):
    """A precedent that may help with a matter."""

    id = serializers.UUIDField(source="precedent.pk")
    url = PathField("api-precedent", source="precedent.pk")
    number = serializers.CharField(label="编号", source="precedent.number")
    title = serializers.CharField(label="标题", source="precedent.title")
    why = serializers.CharField(label="为什么推荐")
    same_item = serializers.BooleanField(label="同一事项")
    causes = serializers.ListField(label="共同的根因代码", child=serializers.CharField())
    expires_on = serializers.DateField(label="有效期至", source="precedent.expires_on")
    helped = serializers.IntegerField(label="有帮助次数", source="precedent.helped")


class BesideSerializer(serializers.Serializer[selectors.Beside]):
    draft = serializers.UUIDField(label="本件的先例稿", source="draft.pk", default=None)
    suggestions = SuggestionSerializer(many=True, label="可以参照的先例")
    helped = serializers.ListField(label="已记有帮助的先例", child=serializers.UUIDField())


def _shown(draft_id: UUID, actor: Actor, *, made: bool = False) -> Response:
    found = selectors.draft_for(actor, draft_id)
    headers = {"Location": reverse("api-precedent-draft", args=[draft_id])} if made else {}
    code = status.HTTP_201_CREATED if made else status.HTTP_200_OK
    return Response(DetailSerializer(Detail(found, actor)).data, status=code, headers=headers)


# --- Views -------------------------------------------------------------------------------------------


class DraftsView(PagedView):
    @extend_schema(
        operation_id="precedent_drafts_list",
        summary="本中心的先例稿，新的在前",
        parameters=parameters_of(DraftFilters),
        responses=DraftLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        chosen = asked(DraftFilters, request.query_params)
        return self.paged(selectors.listed(actor_of(request), **chosen), DraftLineSerializer)


class DraftView(APIView):
    @extend_schema(
        operation_id="precedent_draft_get", summary="一份先例稿，附检查结果", responses=DetailSerializer
    )
    def get(self, request: Request, draft_id: UUID) -> Response:
        return _shown(draft_id, actor_of(request))


class BesideView(APIView):
    @extend_schema(operation_id="matter_precedents", summary="与反映件相近的先例", responses=BesideSerializer)
    def get(self, request: Request, matter_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, "precedent.view")
        found = selectors.beside(matters.matter_for(actor, matter_id))
        return Response(BesideSerializer(found).data)

    @extend_schema(
        operation_id="precedent_draft_begin",
        summary="由已销号的反映件起草先例",
        description="文字中像个人信息的逐项拒绝。" + f"可办理的角色：{names(PERMISSIONS['precedent.draft'])}",
        request=body_of(BeginForm),
        responses={201: DetailSerializer},
    )
    def post(self, request: Request, matter_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, "precedent.draft")
        matter = matters.matter_for(actor, matter_id)
        form = filled(BeginForm, request.data, matter=matter, actor=actor)
        made = actions.draft(matter_id=matter_id, actor=actor, **form.arguments())
        return _shown(made.pk, actor, made=True)


class HelpedView(APIView):
    @extend_schema(
        operation_id="precedent_helped",
        summary="先例对反映件有帮助，每件计一次",
        description=f"可办理的角色：{names(PERMISSIONS['precedent.helped'])}",
        request=None,
        responses=PrecedentSerializer,
    )
    def post(self, request: Request, matter_id: UUID, precedent: UUID) -> Response:
        row = actions.helped(matter_id=matter_id, precedent_id=precedent, actor=actor_of(request))
        return Response(PrecedentSerializer(Line(row)).data)


class ActView(APIView):
    """One of the acts; each has its address and description of its own, made by `act_view`."""

    name: ClassVar[str]

    def post(self, request: Request, draft_id: UUID) -> Response:
        actor, body = actor_of(request), request.data
        acts.perform(name=self.name, draft_id=draft_id, actor=actor, data=partial(sent, body=body))
        return _shown(draft_id, actor)


def act_view(bound: acts.Bound) -> type[ActView]:
    """The view of one act, described by its form."""
    transition = bound.transition
    describe = extend_schema(
        operation_id=f"precedent_draft_{transition.name}",
        summary=f"先例稿：{transition.label}",
        description=f"可办理的角色：{names(PERMISSIONS[transition.permission])}",
        request=body_of(bound.form),
        responses=DetailSerializer,
    )
    view = type(f"Draft{transition.name.title().replace('_', '')}View", (ActView,), {"name": transition.name})
    return extend_schema_view(post=describe)(view)


urlpatterns = [
    path("precedent-drafts/", DraftsView.as_view(), name="api-precedent-drafts"),
    path("precedent-drafts/<uuid:draft_id>/", DraftView.as_view(), name="api-precedent-draft"),
    *(
        path(
            f"precedent-drafts/<uuid:draft_id>/{name}/",
            act_view(bound).as_view(),
            name=f"api-precedent-draft-{name}",
        )
        for name, bound in acts.BOUND.items()
    ),
    path("matters/<uuid:matter_id>/precedents/", BesideView.as_view(), name="api-matter-precedents"),
    path(
        "matters/<uuid:matter_id>/precedents/<uuid:precedent>/helped/",
        HelpedView.as_view(),
        name="api-precedent-helped",
    ),
]
