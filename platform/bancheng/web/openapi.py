"""The description of the API (OpenAPI, by drf-spectacular): forms as bodies, problems as answers."""

from functools import cache
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from rest_framework import serializers

from bancheng.web import errors
from bancheng.web.bodies import schema_of


class FormBody(serializers.Serializer[Any]):
    """Stands for a form where a description wants a serializer. It reads nothing: `bodies.filled` does."""

    form: ClassVar[type[forms.Form]]


@cache
def body_of(form_class: type[forms.Form]) -> type[FormBody] | None:
    """The form as `request=` of extend_schema; None for a form without fields: then no body is needed."""
    return type(form_class.__name__, (FormBody,), {"form": form_class}) if form_class.base_fields else None


class FormBodyExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = FormBody
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return schema_of(self.target.form)


class SessionExtension(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "bancheng.identity.authentication.CentreSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "网页的登录状态；写操作还须带X-CSRFToken请求头。",
        }


class TokenExtension(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "bancheng.identity.authentication.CentreTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "填写“Token ”加上由POST /api/v1/token/取得的令牌；只在签发它的中心有效。",
        }


# --- Problems ----------------------------------------------------------------------------------------

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "一句话说明原因和怎么办"},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "供程序判断的原因名称"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901，指向请求内容中的一项；“#”指整体"},
                    "detail": {"type": "string"},
                },
                "required": ["pointer", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "instance", "code"],
}


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """SPECTACULAR_SETTINGS POSTPROCESSING_HOOKS: say of each operation which problems it may answer with."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in _problems(path, method, operation):
                operation["responses"].setdefault(str(status), _answer(status))
    return _without_marks(result)  # type: ignore[no-any-return]


def _problems(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    found = [401, 403]
    if "{" in path or any(each["name"] == "page" for each in operation.get("parameters", ())):
        found.append(404)
    if method == "post":
        found += [400, 409, 413, 415]
    if "requestBody" in operation or any(each["in"] == "query" for each in operation.get("parameters", ())):
        found.append(422)
    return sorted(found)


def _answer(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": errors.title(status), "content": {errors.PROBLEM_TYPE: {"schema": schema}}}


def _without_marks(part: Any) -> Any:
    """The generator's own marks on enums are for its hook that names them, which we do without."""
    if isinstance(part, dict):
        return {key: _without_marks(value) for key, value in part.items() if key != "x-spec-enum-id"}
    return [_without_marks(value) for value in part] if isinstance(part, list) else part
