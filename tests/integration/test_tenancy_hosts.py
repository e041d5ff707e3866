"""From host to centre and back to public: wrong hosts, suspended centres, missing schemas, streams."""

from collections.abc import Callable, Iterator
from threading import Thread
from types import ModuleType
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings

from bancheng.centres import hosts, onboarding
from bancheng.centres.middleware import CentreMiddleware
from bancheng.centres.models import Centre
from bancheng.identity.models import Department


def served() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def which(request: HttpRequest) -> HttpResponse:
    return HttpResponse(served())


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[str]:
        yield served()
        yield ","
        yield str(Department.objects.count())

    return StreamingHttpResponse(chunks())


def threaded(request: HttpRequest) -> HttpResponse:
    """What code that opens a thread inside a request finds there."""
    rows = Department.objects.all()
    found: list[str] = []

    def look() -> None:
        for read in (rows.count, Department.objects.count):
            try:
                found.append(str(read()))
            except Exception as error:
                found.append(type(error).__name__)
        connection.close()

    thread = Thread(target=look)
    thread.start()
    thread.join()
    return HttpResponse(",".join(found))


@pytest.fixture
def pages(zhangbei: Centre, settings: Settings) -> ModuleType:
    """Pages of our own instead of the product's, at the hosts of every type."""
    urls = ModuleType("pages")
    views = (which, broken, stream, threaded)
    urls.urlpatterns = [path(f"{view.__name__}/", view) for view in views]  # type: ignore[attr-defined]
    settings.TENANT_TYPES = {kind: {**of, "URLCONF": urls} for kind, of in settings.TENANT_TYPES.items()}
    settings.ROOT_URLCONF = urls
    settings.MIDDLEWARE = ["bancheng.centres.middleware.CentreMiddleware"]
    return urls


def get(host: str, page: str = "/which/") -> Any:
    return Client(HTTP_HOST=host, raise_request_exception=False).get(page)


@pytest.mark.parametrize(
    ("host", "schema"),
    [
        ("zhangbei.localhost", "c130722"),
        ("zhangbei.localhost:8000", "c130722"),
        ("ZhangBei.LOCALHOST", "c130722"),
        ("zhangbei.localhost.", "c130722"),
        ("www.zhangbei.localhost", "c130722"),
        ("yuxian.localhost", "c130726"),
        ("overview.localhost", "o130700"),
        ("localhost", "public"),
        ("www.localhost", "public"),
    ],
)
def test_host_is_served_in_its_schema(pages: ModuleType, host: str, schema: str) -> None:
    assert get(host).content.decode() == schema
    assert served() == "public"


@pytest.mark.parametrize(
    "host",
    ["nobody.localhost", "c130722.localhost", "zhangbei.example.org", "127.0.0.1", "zhangbei_.localhost"],
)
def test_host_nobody_has_is_not_found(pages: ModuleType, host: str) -> None:
    answer = get(host)
    assert answer.status_code == 404
    assert "没有这个网址" in answer.content.decode()


def test_suspended_centre_says_so_and_runs_nothing(pages: ModuleType) -> None:
    onboarding.suspend(code="130722")
    answer = get("zhangbei.localhost")
    assert answer.status_code == 503
    assert "张北县社会保险服务中心的窗口已停用" in answer.content.decode()


def test_resumed_centre_is_served_at_once(pages: ModuleType) -> None:
    onboarding.suspend(code="130722")
    assert get("zhangbei.localhost").status_code == 503
    onboarding.resume(code="130722")
    assert get("zhangbei.localhost").content == b"c130722"


def test_missing_schema_is_an_error_and_not_publics_page(
    pages: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    Centre.objects.filter(code="130722").update(schema_name="c000000")
    answer = get("zhangbei.localhost")
    assert answer.status_code == 503
    assert "c000000" in caplog.text
    assert "c000000" not in answer.content.decode()


def test_connection_is_back_in_public_after_an_exception(pages: ModuleType) -> None:
    assert get("zhangbei.localhost", "/broken/").status_code == 500
    assert served() == "public"


def test_connection_is_back_in_public_when_a_middleware_raises(zhangbei: Centre) -> None:
    middleware = CentreMiddleware(broken)
    with pytest.raises(ZeroDivisionError):
        middleware(RequestFactory().get("/", HTTP_HOST="zhangbei.localhost"))
    assert served() == "public"


def test_new_thread_inside_a_request_finds_no_table_and_no_rows(pages: ModuleType) -> None:
    assert get("zhangbei.localhost", "/threaded/").content == b"WrongSchema,ProgrammingError"


def test_stream_is_made_in_the_centre_and_leaves_public_between_chunks(pages: ModuleType) -> None:
    answer = get("zhangbei.localhost", "/stream/")
    parts = []
    for part in answer.streaming_content:
        parts.append(part)
        assert served() == "public"
    assert b"".join(parts) == b"c130722,0"


def test_known_host_costs_no_query(
    zhangbei: Centre, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # the search path, and the host with its schema
        hosts.centre_at("zhangbei.localhost")
    with django_assert_num_queries(0):
        assert hosts.centre_at("zhangbei.localhost") == zhangbei


def test_unknown_hosts_are_not_remembered(zhangbei: Centre) -> None:
    for number in range(50):
        hosts.centre_at(f"n{number}.localhost")
    assert len(hosts._known) == 0


def test_renamed_centre_shows_its_new_name_at_once(zhangbei: Centre) -> None:
    hosts.centre_at("zhangbei.localhost")
    onboarding.rename(code="130722", name="张北县社会保险事业服务中心")
    found = hosts.centre_at("zhangbei.localhost")
    assert found is not None
    assert found.name == "张北县社会保险事业服务中心"


def test_what_another_thread_remembered_before_the_commit_is_forgotten(
    at_once: Callable[..., list[Any]],
) -> None:
    with transaction.atomic():
        onboarding.suspend(code="130722")
        (before,) = at_once(lambda: hosts.centre_at("zhangbei.localhost"))
    (after,) = at_once(lambda: hosts.centre_at("zhangbei.localhost"))
    assert (before.suspended_at is None, after.suspended_at is None) == (True, False)


def test_healthz_touches_no_database(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = get("10.0.0.7", "/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
