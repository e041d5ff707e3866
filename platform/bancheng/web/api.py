"""How the API pages its lists and says what went wrong (RFC 9457, application/problem+json)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView, set_rollback

from bancheng.errors import Invalid, Refused
from bancheng.web import errors


class Pages(PageNumberPagination):
    """?page=2&page_size=50; at most 100 to a page."""

    page_size_query_param = "page_size"
    max_page_size = 100


class PagedView(APIView):
    """A view whose list comes in pages."""

    pagination_class = Pages

    def paged(
        self,
        rows: QuerySet[Any] | list[Any],
        serializer: type[serializers.BaseSerializer[Any]],
        shown: Callable[[Iterable[Any]], list[Any]] = list,
    ) -> Response:
        """The page that the address asks for; `shown` makes of its rows what the serializer takes."""
        pages = self.pagination_class()
        page = pages.paginate_queryset(rows, self.request, view=self) or []
        return pages.get_paginated_response(serializer(shown(page), many=True).data)


@extend_schema_field(OpenApiTypes.URI_REF)
class PathField(serializers.Field[Any, Any, str, Any]):
    """The address, on the same host, of what the source identifies."""

    def __init__(self, view_name: str, **kwargs: Any) -> None:
        self.view_name = view_name
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return reverse(self.view_name, args=[value])


def problem_details(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """settings.REST_FRAMEWORK EXCEPTION_HANDLER: known refusals become problems; handler500 does the rest.

    `errors` lists what is wrong with the input: {"pointer": "#/field", "detail": sentence}; "#" is no field.
    """
    known = _known(exc)
    if known is None:
        return None
    status, detail, code, wrong, headers = known
    set_rollback()
    members = {"errors": wrong} if wrong else {}
    content = errors.body(context["request"], status, detail, code=code, **members)
    return Response(content, status=status, headers=headers, content_type=errors.PROBLEM_TYPE)


_Known = tuple[int, str, str, list[dict[str, str]], dict[str, str]]


def _known(exc: Exception) -> _Known | None:
    if isinstance(exc, Invalid):
        return exc.status, exc.message, exc.code, list(_pointers(exc.errors)), {}
    if isinstance(exc, Refused):
        return exc.status, exc.message, exc.code, [], {}
    if isinstance(exc, ModelValidationError):
        told = exc.message_dict if hasattr(exc, "error_dict") else {"__all__": exc.messages}
        return _invalid(list(_pointers(told)))
    if isinstance(exc, Http404):
        return 404, errors.WORDS[404][1], "not_found", [], {}
    if isinstance(exc, RequestDataTooBig):
        return 413, "内容太长，请精简后重新提交。", "too_large", [], {}
    if isinstance(exc, PermissionDenied):
        return 403, errors.WORDS[403][1], "not_allowed", [], {}
    if isinstance(exc, exceptions.ValidationError):
        return _invalid(list(_pointers(exc.detail)))
    if isinstance(exc, exceptions.APIException):
        code = getattr(exc.detail, "code", exc.default_code)
        return exc.status_code, str(exc.detail), str(code), [], _headers(exc)
    return None


def _invalid(wrong: list[dict[str, str]]) -> _Known:
    return 422, wrong[0]["detail"] if wrong else "填写有误", "invalid", wrong, {}


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _pointers(told: Any, path: str = "#") -> Iterator[dict[str, str]]:
    """Flatten nested errors to JSON pointers (RFC 6901) into the body that was sent."""
    if isinstance(told, Mapping):
        for name, inner in told.items():
            whole = name in ("", "__all__", api_settings.NON_FIELD_ERRORS_KEY)
            step = "" if whole else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _pointers(inner, path + step)
    elif isinstance(told, list | tuple):
        for index, inner in enumerate(told):
            nested = isinstance(inner, Mapping | list)
            yield from _pointers(inner, f"{path}/{index}" if nested else path)
    else:
        yield {"pointer": path, "detail": str(told)}
