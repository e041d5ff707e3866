"""The API's door: a token for a name and a password."""

from django.contrib.auth import authenticate
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bancheng.identity import actions
from bancheng.identity.forms import WRONG
from bancheng.identity.models import Staff


class CredentialsSerializer(serializers.Serializer[None]):
    username = serializers.CharField(label="用户名", max_length=30)
    password = serializers.CharField(label="密码", max_length=128, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[None]):
    token = serializers.CharField(label="令牌")


@method_decorator(never_cache, name="dispatch")
class TokenView(APIView):
    """Issue a token; the one before ends. Wrong passwords count and lock as at the login page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="issue_token",
        request=CredentialsSerializer,
        responses={status.HTTP_201_CREATED: TokenSerializer},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        staff = authenticate(request._request, **given.validated_data)
        if not isinstance(staff, Staff):
            raise AuthenticationFailed(WRONG)
        token = actions.issue_token(staff=staff)
        return Response({"token": token}, status=status.HTTP_201_CREATED)

    def get_authenticate_header(self, request: Request) -> str:
        return TokenAuthentication.keyword
