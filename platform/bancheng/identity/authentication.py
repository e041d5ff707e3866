"""Who calls the API: a person with a session on this host, or a program with a token of this schema."""

from typing import Any, cast

from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from bancheng.identity.models import Staff
from bancheng.identity.requests import StaffRequest
from bancheng.tenancy import PUBLIC, current_schema


class CentreSessionAuthentication(SessionAuthentication):
    """The session of the page, with its CSRF check; nobody in public. No API on a first password."""

    def authenticate(self, request: Request) -> tuple[Staff, Any] | None:
        found = super().authenticate(request)
        if found and found[0].must_change_password:
            raise PermissionDenied("请先在网页上修改初始密码。", code="must_change_password")
        return found

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer to an unknown caller a 401 that says how to come in."""
        return TokenAuthentication.keyword


class CentreTokenAuthentication(TokenAuthentication):
    """`Authorization: Token …`: valid only in the schema that issued it, and while the account is active."""

    def authenticate(self, request: Request) -> tuple[Staff, Any] | None:
        if current_schema() == PUBLIC:
            return None
        found = super().authenticate(request)
        if found:
            cast(StaffRequest, request._request).actor = found[0].actor
        return found
