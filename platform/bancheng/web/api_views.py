"""What the API offers on every host that has accounts: who one is, its description, and a page to read it."""

from typing import Any

from django.urls import get_urlconf
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity.actors import Actor
from bancheng.identity.permissions import PERMISSIONS, allowed
from bancheng.identity.requests import actor_of
from bancheng.identity.roles import Role
from bancheng.web import openapi  # noqa: F401  (says how the description shows what is ours)


class MeSerializer(serializers.Serializer[Actor]):
    id = serializers.UUIDField()
    name = serializers.CharField(label="姓名", source="label")
    centre = serializers.CharField(label="中心代码")
    department = serializers.CharField(label="部门代码", allow_blank=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), label="角色")
    permissions = serializers.SerializerMethodField(label="权限")

    def get_permissions(self, actor: Actor) -> list[str]:
        return [name for name in PERMISSIONS if allowed(actor, name)]


class MeView(APIView):
    @extend_schema(operation_id="me", summary="我是谁、能做什么", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(actor_of(request)).data)


class SchemaView(SpectacularAPIView):
    """What this host offers. Open without a login: every copy of this free software tells the same."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.urlconf = get_urlconf()  # of the host's kind; left alone, the public one would be described


class DocsView(SpectacularSwaggerSplitView):
    """The viewer, from our own static files. Its script is a file, so the policy stays as it is."""

    url_name = "api-schema"
    template_name = "web/api_docs.html"
