"""What Sentry receives, seen at the wire: no card, account, name or phone, by whatever way it came."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from celery import Celery
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from bancheng.privacy import sentry

CARD, ACCOUNT, PHONE, NAME = "130726199001010027", "6217000000001234567", "13812341234", "欧阳示例"
SECRETS = (CARD, ACCOUNT, PHONE, NAME, "%E6%AC%A7%E9%98%B3")
EVERYTHING = " ".join((CARD, ACCOUNT, PHONE, NAME))

# Values written into a statement: the mistake that parameters prevent.
CARELESS_SQL = " ".join([f"SELECT '{CARD}', '{NAME}'", 'FROM "privacy_auditentry" WHERE act = %s'])

log = logging.getLogger("bancheng.test.telemetry")


class Wire(Transport):
    """Keeps what would have gone out, as the bytes that would have gone out."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope.serialize())

    def items(self, kind: str) -> list[dict[str, Any]]:
        found = []
        for raw in self.sent:
            found += [item.payload.json for item in Envelope.deserialize(raw).items if item.type == kind]
        return found

    def text(self) -> str:
        """Everything that went out, also as it reads with JSON's escapes undone."""
        raw = b"\n".join(self.sent).decode()
        return raw + json.dumps([self.items(kind) for kind in ("event", "transaction")], ensure_ascii=False)


class Failure(Exception):
    pass


def failing_view(request: HttpRequest, card: str) -> HttpResponse:
    account, name = ACCOUNT, NAME  # noqa: F841  # local variables that must not leave
    log.info("looked up %s", PHONE)
    log.warning(f"odd input: {EVERYTHING}")  # the mistake that a developer will make
    with connection.cursor() as cursor:
        cursor.execute(CARELESS_SQL, [PHONE])
    sentry_sdk.set_tag("card", CARD)
    sentry_sdk.set_user({"username": NAME, "ip_address": "192.0.2.7"})
    sentry_sdk.set_context("person", {"name": NAME})
    sentry_sdk.set_extra("phone", PHONE)
    sentry_sdk.get_isolation_scope().add_attachment(bytes=CARD.encode(), filename="card.txt")
    try:
        raise ValueError(EVERYTHING)
    except ValueError as error:
        raise Failure(EVERYTHING) from error


urlpatterns = [path("persons/<str:card>/", failing_view)]


@pytest.fixture
def wire(settings: Any) -> Iterator[Wire]:
    wire = Wire()
    previous = sentry_sdk.get_client()
    sentry.init("https://key@sentry.invalid/1", transport=wire, traces_sample_rate=1.0)
    with sentry_sdk.isolation_scope():
        yield wire
    sentry_sdk.get_client().close(timeout=0)
    sentry_sdk.get_global_scope().set_client(previous)


@pytest.fixture
def after_a_failed_request(wire: Wire, settings: Any, in_zhangbei: Any) -> Wire:
    """The view of a real URLconf, called through Django's handler with personal data in every place."""
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    environ = RequestFactory(
        HTTP_X_NAME=CARD,
        HTTP_COOKIE=f"last={ACCOUNT}",
        HTTP_REFERER=f"http://zhangbei.localhost/?q={PHONE}",
        HTTP_SENTRY_TRACE="12345678901234567890123456789012-1234567890123456-1",
        HTTP_BAGGAGE=f"sentry-trace_id=12345678901234567890123456789012,sentry-user_segment={CARD}",
        REMOTE_USER=PHONE,
    )._base_environ(
        PATH_INFO=f"/persons/{CARD}/", QUERY_STRING=f"name={NAME}&phone={PHONE}", REQUEST_METHOD="POST"
    )
    environ["wsgi.url_scheme"] = "http"
    request_started.disconnect(close_old_connections)  # the test's transaction lives on this connection
    try:
        WSGIHandler()(environ, lambda status, headers: None)
    finally:
        request_started.connect(close_old_connections)
    return wire


def assert_nothing_personal(wire: Wire) -> None:
    assert wire.sent
    assert [secret for secret in SECRETS if secret in wire.text()] == []


def test_a_failed_request_sends_nothing_personal(after_a_failed_request: Wire) -> None:
    assert_nothing_personal(after_a_failed_request)


def test_the_event_still_says_what_failed_and_where(after_a_failed_request: Wire) -> None:
    (event,) = after_a_failed_request.items("event")

    kinds = [value["type"] for value in event["exception"]["values"]]
    last = event["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert kinds == ["ValueError", "Failure"]
    assert last["function"] == "failing_view"
    assert last["lineno"] > 0
    assert "vars" not in last
    assert event["transaction"] == "/persons/{card}/"
    assert event["tags"] == {"schema": "c130722"}
    assert event["request"] == {"method": "POST"}
    assert "user" not in event


def test_the_transaction_still_says_how_long_which_table_took(after_a_failed_request: Wire) -> None:
    (transaction,) = after_a_failed_request.items("transaction")

    statements = [span["description"] for span in transaction["spans"] if span["op"] == "db"]
    assert "SELECT privacy_auditentry" in statements
    assert transaction["transaction"] == "/persons/{card}/"
    assert all(span["timestamp"] >= span["start_timestamp"] for span in transaction["spans"])


def test_breadcrumbs_keep_their_order_and_lose_their_words(after_a_failed_request: Wire) -> None:
    (event,) = after_a_failed_request.items("event")

    crumbs = event["breadcrumbs"]["values"]
    assert "bancheng.test.telemetry" in {crumb.get("category") for crumb in crumbs}
    assert all("message" not in crumb and not crumb.get("data") for crumb in crumbs)


def test_a_path_that_no_route_matches_is_not_sent(wire: Wire, settings: Any, client: Any, db: None) -> None:
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    log_of_requests = logging.getLogger("bancheng.test.telemetry")
    client.get(f"/unknown/{CARD}/{NAME}", {"q": PHONE})
    log_of_requests.error("after an unknown path")

    assert_nothing_personal(wire)
    assert all("transaction" not in event for event in wire.items("event"))


def test_a_failed_task_sends_nothing_personal(db: None, wire: Wire) -> None:
    app = Celery("telemetry", broker="memory://", backend="cache+memory://", set_as_current=False)

    @app.task(name="telemetry.fail", shared=False)
    def fail(card: str, *, name: str) -> None:
        raise Failure(f"{card} {name}")

    fail.apply(args=(CARD,), kwargs={"name": NAME})

    (event,) = wire.items("event")
    assert event["exception"]["values"][-1]["type"] == "Failure"
    assert event["transaction"] == "telemetry.fail"
    assert_nothing_personal(wire)


@pytest.mark.parametrize("message", [f"refused {EVERYTHING}", "refused %s"])
def test_a_logged_error_sends_its_place_and_not_its_words(wire: Wire, message: str) -> None:
    log.error(message, *([EVERYTHING] if "%s" in message else []), extra={"card": CARD})

    (event,) = wire.items("event")
    assert event["logentry"]["message"].startswith("bancheng.test.telemetry test_a_logged_error")
    assert_nothing_personal(wire)


def test_a_logged_exception_sends_nothing_personal(wire: Wire) -> None:
    try:
        int(EVERYTHING)
    except ValueError:
        log.exception("could not read %s", NAME)

    (event,) = wire.items("event")
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert_nothing_personal(wire)


def test_messages_captured_by_hand_send_no_words(wire: Wire) -> None:
    sentry_sdk.capture_message(EVERYTHING)
    sentry_sdk.capture_event({"message": EVERYTHING, "fingerprint": [CARD], "extra": {"name": NAME}})

    assert len(wire.items("event")) == 2
    assert_nothing_personal(wire)


def test_logs_and_metrics_are_not_sent(wire: Wire) -> None:
    sentry_sdk.logger.error(EVERYTHING)
    sentry_sdk.metrics.count("persons", 1, attributes={"card": CARD})
    sentry_sdk.get_client().flush()

    assert wire.sent == []


def test_an_event_that_cannot_be_scrubbed_is_not_sent(wire: Wire) -> None:
    sentry_sdk.capture_event({"message": EVERYTHING, "exception": {"values": [CARD]}})

    assert wire.sent == []


def test_without_a_dsn_nothing_is_started() -> None:
    assert not sentry_sdk.get_client().is_active()
