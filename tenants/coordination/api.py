"""The API of signatures: what was asked for, on what basis, who has signed and who is waited for."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.requests import actor_of
from bancheng.identity.roles import Role
from tenants.coordination.models import Purpose, Signature
from tenants.coordination.panel import SignOffRow, sign_offs
from tenants.matters import selectors


class SignatureSerializer(serializers.Serializer[Signature]):
    role = serializers.ChoiceField(label="以何身份", choices=Role.choices)
    signer = serializers.CharField(label="签批人", source="signer.name")
    at = serializers.DateTimeField()
    approved = serializers.BooleanField(label="同意")
    opinion = serializers.CharField(label="意见", allow_blank=True)


class SignOffSerializer(serializers.Serializer[SignOffRow]):
    id = serializers.UUIDField(source="request.id")
    purpose = serializers.ChoiceField(label="签批事由", source="request.purpose", choices=Purpose.choices)
    basis = serializers.CharField(label="依据", source="request.basis")
    risk = serializers.CharField(label="风险提示", source="request.risk")
    asked_at = serializers.DateTimeField(label="提请时间", source="request.asked_at")
    asked_by = serializers.CharField(label="提请人", source="request.asked_by.name")
    ended_at = serializers.DateTimeField(source="request.ended_at", allow_null=True)
    approved = serializers.BooleanField(label="是否同意", source="request.approved", allow_null=True)
    signatures = SignatureSerializer(many=True, source="request.signatures.all")
    waiting = serializers.ListField(child=serializers.CharField(), label="还待谁签批")


class SignOffsSerializer(serializers.Serializer[Any]):
    sign_offs = SignOffSerializer(many=True)


class SignOffsView(APIView):
    @extend_schema(
        operation_id="matters_sign_offs",
        summary="一个反映件的签批，新的在前",
        responses=SignOffsSerializer,
    )
    def get(self, request: Request, matter_id: UUID) -> Response:
        matter = selectors.matter_for(actor_of(request), matter_id)
        return Response(SignOffsSerializer({"sign_offs": sign_offs(matter)}).data)


urlpatterns = [
    path("matters/<uuid:matter_id>/sign-offs/", SignOffsView.as_view(), name="api-matter-sign-offs"),
]
