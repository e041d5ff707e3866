"""The API of referrals: both lists, one of them, its files, the draft, and every step."""

from functools import partial
from typing import ClassVar
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.requests import actor_of
from bancheng.web.api import PagedView
from bancheng.web.bodies import asked, filled, parameters_of, sent, takes_files
from bancheng.web.openapi import body_of
from bancheng.web.parsers import JSONParser, MultiPartParser
from tenants.casework.views.evidence import shown
from tenants.matters import selectors as matters
from tenants.matters.forms.listing import WordsField
from tenants.referrals import acts, cargo, selectors, sending
from tenants.referrals.forms import DraftForm
from tenants.referrals.models import Direction, State
from tenants.referrals.serializers import Detail, ReferralLineSerializer, ReferralSerializer, lines

# --- Views -------------------------------------------------------------------------------------------


class ReferralListForm(forms.Form):
    direction = forms.ChoiceField(
        label="方向", choices=Direction.choices, required=False, help_text="不填为转出。"
    )
    state = forms.ChoiceField(
        label="状态", choices=[("open", "在办"), ("stuck", "须关注"), *State.choices], required=False
    )
    q = WordsField(label="文号、事由或对方单位")


class ReferralsView(PagedView):
    @extend_schema(
        operation_id="referrals_list",
        summary="转办列表，须关注的在前，再按起草时间从新到旧",
        parameters=parameters_of(ReferralListForm),
        responses=ReferralLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        chosen = asked(ReferralListForm, request.query_params)
        direction = Direction(chosen["direction"] or Direction.SENT)
        found = selectors.listed(actor_of(request), direction=direction, q=chosen["q"], state=chosen["state"])
        return self.paged(found, ReferralLineSerializer, lines)


class ReferralView(APIView):
    @extend_schema(operation_id="referrals_get", summary="一件转办", responses=ReferralSerializer)
    def get(self, request: Request, referral_id: UUID) -> Response:
        actor = actor_of(request)
        referral = selectors.referral_for(actor, referral_id)
        return Response(ReferralSerializer(Detail.of(referral, actor)).data)


class CarriedFileView(APIView):
    @extend_schema(
        operation_id="referrals_file",
        summary="一份随转文件，带水印；每次查看记入审计",
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "image/png"): OpenApiTypes.BINARY,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, referral_id: UUID, file_id: UUID) -> HttpResponse:
        return shown(cargo.open_file(actor=actor_of(request), referral_id=referral_id, file_id=file_id))


class DraftView(APIView):
    @extend_schema(
        operation_id="referrals_draft",
        summary="起草转办",
        request=body_of(DraftForm),
        responses={201: ReferralSerializer},
    )
    def post(self, request: Request, matter_id: UUID) -> Response:
        actor = actor_of(request)
        matter = matters.matter_for(actor, matter_id)
        sending.check_draft(matter, actor)
        form = filled(DraftForm, request.data, matter=matter)
        referral = sending.draft(matter_id=matter_id, actor=actor, **form.arguments())
        drafted = ReferralSerializer(Detail.of(referral, actor)).data
        headers = {"Location": reverse("api-referral", args=[referral.pk])}
        return Response(drafted, status=status.HTTP_201_CREATED, headers=headers)


class StepView(APIView):
    """One step of a referral; each has its address and description of its own, made by `step_view`."""

    step: ClassVar[str]

    def post(self, request: Request, referral_id: UUID) -> Response:
        actor = actor_of(request)
        body = request.POST if request.FILES else request.data
        acts.perform(
            name=self.step,
            referral_id=referral_id,
            actor=actor,
            data=partial(sent, body=body),
            files=request.FILES,
        )
        if self.step == "discard":
            return Response(status=status.HTTP_204_NO_CONTENT)
        referral = selectors.referral_for(actor, referral_id)
        return Response(ReferralSerializer(Detail.of(referral, actor)).data)


def step_view(bound: acts.Bound) -> type[StepView]:
    """The view of one step, described by its form."""
    name, files = bound.step.name, takes_files(bound.form)
    describe = extend_schema(
        operation_id=f"referrals_{name}",
        summary=f"{bound.step.side.label}：{bound.step.label}",
        description="可办理的角色：" + "、".join(sorted(str(role.label) for role in bound.step.roles)),
        request={"multipart/form-data": body_of(bound.form)} if files else body_of(bound.form),
        responses={204: None} if name == "discard" else ReferralSerializer,
    )
    parsers = [JSONParser, MultiPartParser] if files else [JSONParser]
    view = type(
        f"Referral{name.title().replace('_', '')}View",
        (StepView,),
        {"step": name, "parser_classes": parsers},
    )
    return extend_schema_view(post=describe)(view)


urlpatterns = [
    path("matters/<uuid:matter_id>/referrals/", DraftView.as_view(), name="api-matter-referrals"),
    path("referrals/", ReferralsView.as_view(), name="api-referrals"),
    path(
        "referrals/<uuid:referral_id>/files/<uuid:file_id>/",
        CarriedFileView.as_view(),
        name="api-referral-file",
    ),
    path("referrals/<uuid:referral_id>/", ReferralView.as_view(), name="api-referral"),
    *(
        path(
            f"referrals/<uuid:referral_id>/steps/{name}/",
            step_view(bound).as_view(),
            name=f"api-referral-{name}",
        )
        for name, bound in acts.BOUND.items()
    ),
]
