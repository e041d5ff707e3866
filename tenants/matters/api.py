"""The API of matters and consultations: thin over the forms, acts and selectors that the pages use."""

from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.urls import path, reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.permissions import require
from bancheng.identity.requests import actor_of
from bancheng.privacy.unmask import unmask
from bancheng.timekeeping.due import LEVELS
from bancheng.web.api import PagedView
from bancheng.web.bodies import asked, filled, parameters_of, sent, takes_files
from bancheng.web.openapi import body_of
from bancheng.web.parsers import JSONParser, MultiPartParser
from tenants.matters import actions, acts, clocks, presentation, selectors
from tenants.matters.forms.clock import LimitsForm
from tenants.matters.forms.intake import ConsultationForm, RegisterForm, TallyForm
from tenants.matters.forms.listing import (
    ConsultationListForm,
    MatterListForm,
    MatterSearchForm,
    filters_of,
)
from tenants.matters.forms.unmask import UnmaskForm
from tenants.matters.serializers import (
    ConsultationLineSerializer,
    ConsultationSerializer,
    Detail,
    LimitSerializer,
    MatterLineSerializer,
    MatterSerializer,
    Registered,
    RegisteredSerializer,
    Standing,
    StandingSerializer,
)


class MattersView(PagedView):
    @extend_schema(
        operation_id="matters_list",
        summary="反映件列表，新登记的在前",
        parameters=parameters_of(MatterListForm),
        responses=MatterLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        actor, chosen = actor_of(request), asked(MatterListForm, request.query_params)
        found = selectors.listed(actor, filters_of(chosen))
        if chosen["q"]:
            found = selectors.about(found, chosen["q"])
        return self.paged(found, MatterLineSerializer, partial(presentation.rows, actor=actor))

    @extend_schema(
        operation_id="matters_register",
        summary="登记反映件；由咨询转来的给出consultation_id",
        request=body_of(RegisterForm),
        responses={201: RegisteredSerializer},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "matter.register")
        form = filled(RegisterForm, request.data)
        matter = actions.register(actor=actor, **form.arguments())
        told = Registered(**Registered.parts(matter, actor), warnings=form.warnings)
        headers = {"Location": reverse("api-matter", args=[matter.pk])}
        return Response(RegisteredSerializer(told).data, status=status.HTTP_201_CREATED, headers=headers)


class MatterSearchView(PagedView):
    @extend_schema(
        operation_id="matters_search",
        summary="按编号、事由、姓名、证件号或电话查询；查询内容不进地址",
        request=body_of(MatterSearchForm),
        responses=MatterLineSerializer(many=True),
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "matter.search")
        chosen = filled(MatterSearchForm, request.data).cleaned_data
        found = selectors.listed(actor, filters_of(chosen, q=chosen["q"]))
        return self.paged(found, MatterLineSerializer, partial(presentation.rows, actor=actor))


class MatterView(APIView):
    @extend_schema(operation_id="matters_get", summary="一个反映件", responses=MatterSerializer)
    def get(self, request: Request, matter_id: UUID) -> Response:
        actor = actor_of(request)
        matter = selectors.matter_for(actor, matter_id)
        return Response(MatterSerializer(Detail.of(matter, actor)).data)


class UnmaskedSerializer(serializers.Serializer[Any]):
    values = serializers.DictField(child=serializers.CharField(allow_blank=True), label="内容")


class UnmaskView(APIView):
    @extend_schema(
        operation_id="matters_unmask",
        summary="查看反映人的完整信息；理由记入审计",
        request=body_of(UnmaskForm),
        responses=UnmaskedSerializer,
    )
    def post(self, request: Request, matter_id: UUID) -> Response:
        actor = actor_of(request)
        require(actor, "person.unmask")
        person = selectors.matter_for(actor, matter_id).reporter
        wanted = filled(UnmaskForm, request.data, person=person).cleaned_data
        values = unmask(actor=actor, subject=person, fields=wanted["fields_wanted"], reason=wanted["reason"])
        return Response(UnmaskedSerializer({"values": values}).data)


# --- Acts --------------------------------------------------------------------------------------------


class ActView(APIView):
    """One act on a matter; each has its address and description of its own, made by `act_view`."""

    act: ClassVar[str]

    def post(self, request: Request, matter_id: UUID) -> Response:
        actor = actor_of(request)
        body = request.POST if request.FILES else request.data
        done = acts.perform(
            name=self.act,
            matter_id=matter_id,
            actor=actor,
            data=partial(sent, body=body),
            files=request.FILES,
        )
        return Response(StandingSerializer(Standing.of(done, actor)).data)


def act_view(bound: acts.Bound) -> type[ActView]:
    """The view of one act, described by its form."""
    name, files = bound.transition.name, takes_files(bound.form)
    describe = extend_schema(
        operation_id=f"matters_{name}",
        summary=bound.transition.label,
        description="可办理的角色：" + "、".join(sorted(str(role.label) for role in bound.transition.roles)),
        request={"multipart/form-data": body_of(bound.form)} if files else body_of(bound.form),
        responses=StandingSerializer,
    )
    parsers = [JSONParser, MultiPartParser] if files else [JSONParser]
    view = type(f"{name.title().replace('_', '')}View", (ActView,), {"act": name, "parser_classes": parsers})
    return extend_schema_view(post=describe)(view)


# --- Consultations -----------------------------------------------------------------------------------


class ConsultationsView(PagedView):
    @extend_schema(
        operation_id="consultations_list",
        summary="记录下来的咨询，新的在前",
        parameters=parameters_of(ConsultationListForm),
        responses=ConsultationLineSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        chosen = asked(ConsultationListForm, request.query_params)
        return self.paged(selectors.consultations(actor_of(request), **chosen), ConsultationLineSerializer)

    @extend_schema(
        operation_id="consultations_record",
        summary="记录一件咨询",
        request=body_of(ConsultationForm),
        responses={201: ConsultationSerializer},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "consultation.record")
        form = filled(ConsultationForm, request.data)
        row = actions.record_consultation(actor=actor, **form.arguments())
        headers = {"Location": reverse("api-consultation", args=[row.pk])}
        return Response(ConsultationSerializer(row).data, status=status.HTTP_201_CREATED, headers=headers)


class ConsultationView(APIView):
    @extend_schema(operation_id="consultations_get", summary="一件咨询", responses=ConsultationSerializer)
    def get(self, request: Request, consultation_id: UUID) -> Response:
        row = selectors.consultation_for(actor_of(request), consultation_id)
        return Response(ConsultationSerializer(row).data)


class ConsultationCountView(APIView):
    @extend_schema(
        operation_id="consultations_count",
        summary="计入未逐件记录的咨询",
        request=body_of(TallyForm),
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "consultation.record")
        actions.count_consultations(actor=actor, **filled(TallyForm, request.data).arguments())
        return Response(status=status.HTTP_204_NO_CONTENT)


# --- Addresses ---------------------------------------------------------------------------------------


class LimitsView(APIView):
    @extend_schema(
        operation_id="limits_get", summary="本中心各等级办理时限", responses=LimitSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        require(actor_of(request), "matter.view")
        return self._limits()

    @extend_schema(
        operation_id="limits_set",
        summary="设置本中心办理时限；只能比全市规定更严",
        request=body_of(LimitsForm),
        responses=LimitSerializer(many=True),
    )
    def put(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, "limits.set")
        actions.set_limits(actor=actor, days=filled(LimitsForm, request.data).days())
        return self._limits()

    def _limits(self) -> Response:
        own = clocks.own_limits()
        rows = [{"level": n, "city_days": level.days, "days": own[n]} for n, level in LEVELS.items()]
        return Response(LimitSerializer(rows, many=True).data)


urlpatterns = [
    path("matters/", MattersView.as_view(), name="api-matters"),
    path("matters/search/", MatterSearchView.as_view(), name="api-matters-search"),
    path("matters/<uuid:matter_id>/", MatterView.as_view(), name="api-matter"),
    path("matters/<uuid:matter_id>/unmask/", UnmaskView.as_view(), name="api-matter-unmask"),
    *(
        path(f"matters/<uuid:matter_id>/actions/{name}/", act_view(act).as_view(), name=f"api-matter-{name}")
        for name, act in acts.all_bound().items()
    ),
    path("limits/", LimitsView.as_view(), name="api-limits"),
    path("consultations/", ConsultationsView.as_view(), name="api-consultations"),
    path("consultations/count/", ConsultationCountView.as_view(), name="api-consultations-count"),
    path("consultations/<uuid:consultation_id>/", ConsultationView.as_view(), name="api-consultation"),
]
