"""/healthz and /readyz: is the process up, and what can it reach. For load balancers, at any host."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis

from bancheng.centres import periodic

log = logging.getLogger(__name__)

BEAT = "beat"
BEAT_LATE_SECONDS = 60


@dataclass(frozen=True)
class Check:
    """What a part says of itself; `detail` goes to anybody who asks, so it holds figures and no secrets."""

    ok: bool
    detail: str = ""


_checks: dict[str, tuple[Callable[[], Check], bool]] = {}


def register(name: str, check: Callable[[], Check], *, essential: bool = False) -> None:
    """Add a part to /readyz. Without an essential part no page can be served, and the answer is 503.

    The others are reported and make the answer "degraded" with 200: when the broker is away pages and actions
    still work, so taking the web out of service would make it worse. A check that raises is not ok.
    """
    _checks[name] = (check, essential)


def answer(request: HttpRequest) -> HttpResponse | None:
    """The answer to a health request, or None for any other. /healthz touches nothing but this process."""
    if request.path == "/healthz":
        return HttpResponse("ok", content_type="text/plain")
    if request.path == "/readyz":
        return ready()
    return None


def ready() -> JsonResponse:
    """Every part asked in turn: {"status": "ready" | "degraded" | "down", "checks": {name: {ok, detail}}}."""
    results = {name: _ask(name, check) for name, (check, _) in _checks.items()}
    failed = {name for name, result in results.items() if not result.ok}
    down = any(_checks[name][1] for name in failed)
    body = {
        "status": "down" if down else "degraded" if failed else "ready",
        "checks": {name: {"ok": result.ok, "detail": result.detail} for name, result in results.items()},
    }
    return JsonResponse(body, status=503 if down else 200, headers={"Cache-Control": "no-store"})


def _ask(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:  # whatever it is, the part is not well; its text may hold an address
        log.warning("readyz: %s: %s", name, type(error).__name__)
        return Check(False, type(error).__name__)


def database() -> Check:
    """The database answers, and this deployment's tables are in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.centres_centre') IS NOT NULL")
        return Check(True) if cursor.fetchone()[0] else Check(False, "not migrated")


def broker() -> Check:
    """Redis answers at once or counts as away."""
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)
    try:
        client.ping()
    finally:
        client.close()
    return Check(True)


def last_beat() -> Check:
    """Beat and a worker live: the heartbeat task ran a moment ago."""
    seconds = periodic.seconds_since(BEAT)
    if seconds is None:
        return Check(False, "never")
    return Check(seconds < BEAT_LATE_SECONDS, f"{seconds:.0f} s ago")


register("database", database, essential=True)
register("broker", broker)
register("beat", last_beat)
