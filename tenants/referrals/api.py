"""The API of referrals: both lists, one of them, the draft, and every step."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.urls import path, reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.catalogue.words import Outcome, ReporterKind
from bancheng.identity.actors import Actor
from bancheng.identity.requests import actor_of
from bancheng.privacy import masks
from bancheng.timekeeping.lights import Light
from bancheng.web.api import PagedView, PathField
from bancheng.web.bodies import asked, filled, parameters_of, sent
from bancheng.web.openapi import body_of
from tenants.matters import presentation
from tenants.matters import selectors as matters
from tenants.matters.forms.listing import WordsField
from tenants.matters.serializers import LightSerializer
from tenants.referrals import acts, selectors, sending, workflow
from tenants.referrals import presentation as referral_presentation
from tenants.referrals.forms import DraftForm
from tenants.referrals.models import ContactLog, Counterpart, Direction, Referral, State

# --- How a referral is shown -------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A referral in a list."""

    referral: Referral
    item: str
    light: Light


@dataclass(frozen=True)
class Detail(Line):
    """One referral, and the steps that this person may take now."""

    steps: list[dict[str, Any]]

    @classmethod
    def of(cls, referral: Referral, actor: Actor) -> "Detail":
        steps = [
            {
                "name": step.name,
                "label": step.label,
                "final": step.final,
                "url": reverse(f"api-referral-{step.name}", args=[referral.pk]),
            }
            for step in workflow.choices(referral, actor)
        ]
        (line,) = lines([referral])
        return cls(**vars(line), steps=steps)


def lines(referrals: Any) -> list[Line]:
    """No query beyond that of `referrals`."""
    return [
        Line(r, presentation.item_name(r.item_code), referral_presentation.light_of(r)) for r in referrals
    ]


class ReferralLineSerializer(serializers.Serializer[Line]):
    id = serializers.UUIDField(source="referral.id")
    url = PathField("api-referral", source="referral.id")
    number = serializers.CharField(label="转办文号", source="referral.number", allow_blank=True)
    direction = serializers.ChoiceField(source="referral.direction", choices=Direction.choices)
    counterpart = serializers.ChoiceField(source="referral.counterpart", choices=Counterpart.choices)
    unit_code = serializers.CharField(label="对方单位代码", source="referral.unit_code")
    unit_name = serializers.CharField(label="对方单位", source="referral.unit_name")
    unit_matter_number = serializers.CharField(
        label="对方编号", source="referral.unit_matter_number", allow_blank=True
    )
    state = serializers.ChoiceField(label="状态", source="referral.state", choices=State.choices)
    state_label = serializers.CharField(source="referral.get_state_display")
    subject = serializers.CharField(label="事由", source="referral.subject")
    item_code = serializers.CharField(label="事项代码", source="referral.item_code")
    item = serializers.CharField(label="事项")
    matter_id = serializers.UUIDField(label="本中心反映件", source="referral.matter_id", allow_null=True)
    matter_number = serializers.CharField(source="referral.matter.number", allow_null=True)
    created_at = serializers.DateTimeField(source="referral.created_at")
    sent_at = serializers.DateTimeField(source="referral.sent_at", allow_null=True)
    sign_due_on = serializers.DateField(label="签收期限", source="referral.sign_due_on", allow_null=True)
    signed_at = serializers.DateTimeField(source="referral.signed_at", allow_null=True)
    answered_at = serializers.DateTimeField(source="referral.answered_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="referral.ended_at", allow_null=True)
    light = LightSerializer()


class ContactSerializer(serializers.Serializer[ContactLog]):
    at = serializers.DateTimeField()
    way = serializers.ChoiceField(choices=ContactLog.Way.choices)
    person = serializers.CharField(label="对方人员")
    content = serializers.CharField(label="沟通内容")
    signed_for = serializers.BooleanField(label="对方已签收")
    by = serializers.CharField(label="联系人", source="by.name")


class StepSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not DRF's own label
    final = serializers.BooleanField(label="不能自行撤销")
    url = serializers.CharField()


class BroughtSerializer(serializers.Serializer[Any]):
    """What travelled with the referral; the reporter masked."""

    reporter_kind = serializers.ChoiceField(source="reporter.kind", choices=ReporterKind.choices)
    reporter_name = serializers.SerializerMethodField()
    narrative = serializers.CharField(label="情况说明", source="story.narrative")
    trips_before = serializers.IntegerField(source="story.trips_before")
    months_before = serializers.IntegerField(source="story.months_before")
    level = serializers.IntegerField(source="triage.level", allow_null=True)
    causes = serializers.ListField(child=serializers.CharField(), source="triage.causes")

    def get_reporter_name(self, digest: dict[str, Any]) -> str:
        person = digest["reporter"]
        name = str(person["name"])
        return masks.mask_name(name) if person["kind"] == ReporterKind.PERSON else name


class ReferralSerializer(ReferralLineSerializer):
    reason = serializers.CharField(label="转办理由", source="referral.reason")
    requested = serializers.CharField(label="请对方办理的事项", source="referral.requested")
    contact_person = serializers.CharField(source="referral.contact_person", allow_null=True)
    contact_phone = serializers.SerializerMethodField(label="对方联系电话（隐去）")
    brought = BroughtSerializer(label="随转内容", source="referral.digest", allow_null=True)
    contacts = ContactSerializer(many=True, source="referral.contacts.all")
    answer = serializers.CharField(label="反馈内容", source="referral.answer", allow_null=True)
    answer_outcome = serializers.ChoiceField(
        source="referral.answer_outcome", choices=Outcome.choices, allow_blank=True
    )
    return_reason = serializers.CharField(source="referral.return_reason", allow_null=True)
    available_steps = StepSerializer(many=True, source="steps")

    def get_contact_phone(self, line: Line) -> str:
        return masks.mask_phone(line.referral.contact_phone or "")


# --- Views -------------------------------------------------------------------------------------------


class ReferralListForm(forms.Form):
    direction = forms.ChoiceField(
        label="方向", choices=Direction.choices, required=False, help_text="不填为转出。"
    )
    state = forms.ChoiceField(label="状态", choices=[("open", "在办"), *State.choices], required=False)
    q = WordsField(label="文号、事由或对方单位")


class ReferralsView(PagedView):
    @extend_schema(
        operation_id="referrals_list",
        summary="转办列表，新起草的在前",
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
        shown = ReferralSerializer(Detail.of(referral, actor)).data
        headers = {"Location": reverse("api-referral", args=[referral.pk])}
        return Response(shown, status=status.HTTP_201_CREATED, headers=headers)


class StepView(APIView):
    """One step of a referral; each has its address and description of its own, made by `step_view`."""

    step: ClassVar[str]

    def post(self, request: Request, referral_id: UUID) -> Response:
        actor = actor_of(request)
        acts.perform(
            name=self.step, referral_id=referral_id, actor=actor, data=partial(sent, body=request.data)
        )
        if self.step == "discard":
            return Response(status=status.HTTP_204_NO_CONTENT)
        referral = selectors.referral_for(actor, referral_id)
        return Response(ReferralSerializer(Detail.of(referral, actor)).data)


def step_view(bound: acts.Bound) -> type[StepView]:
    """The view of one step, described by its form."""
    name = bound.step.name
    describe = extend_schema(
        operation_id=f"referrals_{name}",
        summary=f"{bound.step.side.label}：{bound.step.label}",
        description="可办理的角色：" + "、".join(sorted(str(role.label) for role in bound.step.roles)),
        request=body_of(bound.form),
        responses={204: None} if name == "discard" else ReferralSerializer,
    )
    view = type(f"Referral{name.title().replace('_', '')}View", (StepView,), {"step": name})
    return extend_schema_view(post=describe)(view)


urlpatterns = [
    path("matters/<uuid:matter_id>/referrals/", DraftView.as_view(), name="api-matter-referrals"),
    path("referrals/", ReferralsView.as_view(), name="api-referrals"),
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
