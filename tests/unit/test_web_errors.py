"""Refusals and failures, told as pages and as problem details."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.test import RequestFactory
from rest_framework import exceptions, serializers

from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.web import api, errors, views
from bancheng.web.middleware import RefusalPages, SecurityHeaders


def told(exc: Exception) -> dict[str, Any]:
    response = api.problem_details(exc, {"request": RequestFactory().get("/api/v1/matters/")})
    assert response is not None
    assert response.content_type == "application/problem+json"
    return {**response.data, "http": response.status_code}


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (Conflict("已有人受理。"), 409, "conflict"),
        (NotAllowed("请由窗口负责人办理。"), 403, "not_allowed"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_allowed"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
    ],
)
def test_each_refusal_has_its_status_and_its_name(exc: Exception, status: int, code: str) -> None:
    problem = told(exc)
    assert (problem["http"], problem["status"], problem["code"]) == (status, status, code)
    assert problem["instance"] == "/api/v1/matters/"


def test_an_actions_own_code_is_kept() -> None:
    assert told(Conflict("已有人受理。", code="already_accepted"))["code"] == "already_accepted"


def test_wrong_fields_are_pointed_at() -> None:
    problem = told(Invalid({"phone": ["电话应为 11 位数字。"], "": ["请至少填一种联系方式。"]}))
    assert problem["status"] == 422
    assert problem["errors"] == [
        {"pointer": "#/phone", "detail": "电话应为 11 位数字。"},
        {"pointer": "#", "detail": "请至少填一种联系方式。"},
    ]


def test_pointers_reach_into_lists_and_escape_slashes() -> None:
    problem = told(serializers.ValidationError({"papers": [{}, {"a/b": ["缺少页码。"]}]}))
    assert problem["errors"] == [{"pointer": "#/papers/1/a~1b", "detail": "缺少页码。"}]


def test_a_models_own_validation_is_invalid_input() -> None:
    assert told(ModelValidationError({"slug": ["已被使用。"]}))["errors"] == [
        {"pointer": "#/slug", "detail": "已被使用。"}
    ]


def test_an_unknown_failure_is_left_to_the_500_handler() -> None:
    assert api.problem_details(RuntimeError("boom"), {"request": RequestFactory().get("/api/")}) is None


def test_a_wait_is_passed_on() -> None:
    response = api.problem_details(exceptions.Throttled(wait=30), {"request": RequestFactory().get("/api/")})
    assert response is not None
    assert response.headers["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("handler", "status"), [(views.handler400, 400), (views.handler403, 403), (views.handler404, 404)]
)
def test_pages_of_errors_are_chinese_pages(handler: Callable[..., HttpResponse], status: int) -> None:
    response = handler(RequestFactory().get("/nowhere/"), Exception("internal words"))
    assert response.status_code == status
    assert errors.WORDS[status][0] in response.content.decode()
    assert "internal words" not in response.content.decode()


def test_a_failure_under_api_is_a_problem() -> None:
    response = views.handler500(RequestFactory().get("/api/v1/matters/"))
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == 500


def test_an_error_page_asks_no_database() -> None:
    # This test has no database access: a query would fail it.
    assert "系统出错" in views.handler500(RequestFactory().get("/")).content.decode()


def refusing(exc: Exception, **headers: str) -> HttpResponse:
    request = RequestFactory(headers=headers).get("/matters/7/")
    response = RefusalPages(lambda _: HttpResponse()).process_exception(request, exc)
    assert response is not None
    return response


def test_a_refusal_that_a_view_let_pass_becomes_its_page() -> None:
    response = refusing(Conflict("此件刚刚已由他人受理。"))
    assert response.status_code == 409
    assert "此件刚刚已由他人受理。" in response.content.decode()


def test_htmx_gets_a_message_and_swaps_nothing() -> None:
    response = refusing(Conflict("此件刚刚已由他人受理。"), hx_request="true")
    assert response.headers["HX-Reswap"] == "none"
    assert json.loads(response.headers["HX-Trigger"])["toast"]["text"] == "此件刚刚已由他人受理。"


def test_other_exceptions_are_nobodys_refusal() -> None:
    middleware = RefusalPages(lambda _: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/"), RuntimeError()) is None


def test_an_empty_405_becomes_a_page_and_keeps_what_is_allowed() -> None:
    response = RefusalPages(lambda _: HttpResponseNotAllowed(["POST"]))(RequestFactory().get("/logout/"))
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "不能这样打开" in response.content.decode()


def test_every_answer_carries_a_policy_without_inline_scripts() -> None:
    def view(_: HttpRequest) -> HttpResponse:
        return HttpResponse()

    policy = SecurityHeaders(view)(RequestFactory().get("/")).headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self'"
