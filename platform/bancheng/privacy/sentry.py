"""Telemetry without personal data: what leaves for Sentry is built anew from a short list of harmless facts.

Nothing is searched for and removed; what is not listed here is not sent. An event says which kind of
exception rose at which lines of our code, in which schema, on which route. It never says with which words.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.transport import Transport

from bancheng.tenancy import current_schema

if TYPE_CHECKING:
    from sentry_sdk._types import DataCollectionUserOptions

# A name of one of these sources is written in our code; of any other ("url" above all) it may hold input.
_NAMES_FROM_CODE = {"route", "view", "component", "task"}
_EVENT = ("event_id", "timestamp", "start_timestamp", "type", "platform", "level", "logger", "release")
_DEPLOYMENT = ("environment", "server_name", "sdk", "transaction_info")
_FRAME = ("filename", "function", "module", "lineno", "in_app", "context_line")
_TRACE = ("trace_id", "span_id", "parent_span_id", "op", "status")
_SPAN = (*_TRACE, "start_timestamp", "timestamp", "same_process_as_parent")
_BREADCRUMB = ("timestamp", "type", "category", "level")
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"([a-z_]+)"', re.IGNORECASE)

# The first fence, in the SDK itself; the scrubbing below is the second and does not rely on it.
_COLLECT_NOTHING: "DataCollectionUserOptions" = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "graphql": {"document": False, "variables": False},
    "gen_ai": {"inputs": False, "outputs": False},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
    "frame_context_lines": 1,
}

Json = dict[str, Any]


def init(
    dsn: str, *, transport: Transport | Callable[[Any], None] | None = None, traces_sample_rate: float = 0.0
) -> None:
    """Start sending scrubbed events to `dsn`, for the rest of this process. `transport` is for tests.

    An event that cannot be scrubbed is not sent at all: the SDK drops it when a hook raises.
    """
    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        release=settings.SENTRY_RELEASE,
        environment=settings.SENTRY_ENVIRONMENT,
        traces_sample_rate=traces_sample_rate or None,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            AtexitIntegration(callback=lambda pending, timeout: None),
            CeleryIntegration(propagate_traces=False),
            DedupeIntegration(),
            DjangoIntegration(transaction_style="url", middleware_spans=False, signals_spans=False),
            ExcepthookIntegration(),
            LoggingIntegration(),
            ThreadingIntegration(),
        ],
        before_send=_scrub,
        before_send_transaction=_scrub,
        before_breadcrumb=lambda crumb, hint: _only(crumb, _BREADCRUMB),
        before_send_log=lambda log, hint: None,
        before_send_metric=lambda metric, hint: None,
        enable_logs=False,
        enable_metrics=False,
        auto_session_tracking=False,
        propagate_traces=False,
        trace_propagation_targets=[],
        data_collection=_COLLECT_NOTHING,
        include_local_variables=False,
        max_request_body_size="never",
    )


def _scrub(event: Any, hint: Json) -> Any:
    """The event that is sent in place of `event`."""
    if "attachments" in hint:
        hint["attachments"] = []
    clean = _only(event, _EVENT) | _only(event, _DEPLOYMENT)
    if event.get("transaction_info", {}).get("source") in _NAMES_FROM_CODE:
        clean["transaction"] = event.get("transaction")
    if "exception" in event:
        clean["exception"] = {"values": [_exception(one) for one in event["exception"].get("values", [])]}
    if "logentry" in event or "message" in event:
        clean["logentry"] = {"message": _place_of_log(hint)}
    if "breadcrumbs" in event:
        crumbs = event["breadcrumbs"].get("values", [])
        clean["breadcrumbs"] = {"values": [_only(crumb, _BREADCRUMB) for crumb in crumbs]}
    if "spans" in event:
        clean["spans"] = [_span(span) for span in event["spans"]]
    if method := event.get("request", {}).get("method"):
        clean["request"] = {"method": method}
    contexts = event.get("contexts", {})
    clean["contexts"] = {
        "trace": _only(contexts.get("trace", {}), _TRACE),
        "runtime": _only(contexts.get("runtime", {}), ("name", "version")),
    }
    clean["tags"] = {"schema": current_schema()}
    return clean


def _exception(one: Json) -> Json:
    frames = (one.get("stacktrace") or {}).get("frames", [])
    return {
        **_only(one, ("type", "module", "thread_id")),
        "mechanism": _only(one.get("mechanism") or {}, ("type", "handled", "exception_id", "parent_id")),
        "stacktrace": {"frames": [_only(frame, _FRAME) for frame in frames]},
    }


def _place_of_log(hint: Json) -> str:
    """Where the line was logged. Its words stay here: a message may have been put together from input."""
    record = hint.get("log_record")
    return f"{record.name} {record.funcName}:{record.lineno}" if record else "message"


def _span(span: Json) -> Json:
    return _only(span, _SPAN) | {
        "description": _statement(span) if span.get("op") == "db" else span.get("op")
    }


def _statement(span: Json) -> str:
    """Kind of statement and table, and nothing of its values: `SELECT matters_matter`."""
    sql = _QUOTED.sub("", str(span.get("description") or ""))
    found = [match[1] for match in (_STATEMENT.match(sql), _TABLE.search(sql)) if match]
    return " ".join(found) or "SQL"


def _only(source: Mapping[str, Any], names: tuple[str, ...]) -> Json:
    return {name: source[name] for name in names if name in source}
