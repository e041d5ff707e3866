"""A process that asks its own WSGI application for pages, as told by lines of JSON on its standard input.

It goes through the whole stack: middleware, session, view, template, and the connection back into its pool.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from typing import IO, Any
from wsgiref.util import setup_testing_defaults

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.backends.signals import connection_created

END_OF_ANSWER = "\tReadyForQuery\t"
# What differs from one rendering of a page to the next.
_CSRF_TOKEN = re.compile(rb"\b[A-Za-z0-9]{64}\b")


class PageServer:
    """Asks for pages at `host` with the session of `cookie`."""

    def __init__(self, *, host: str, cookie: str) -> None:
        self.application: WSGIHandler = get_wsgi_application()
        self.host, self.cookie = host, cookie

    def body(self, path: str) -> str:
        """The page, without what is new in every rendering. Raises RuntimeError unless it is a 200."""
        return _CSRF_TOKEN.sub(b"", self._ask(path)).decode()

    def seconds(self, path: str, times: int) -> list[float]:
        """How long each of so many requests took."""
        return [self._timed(path) for _ in range(times)]

    def round_trips(self, path: str, forgetful: bool) -> int:
        """How often one request waits for PostgreSQL, as libpq itself traces what goes over the wire.

        `forgetful`: a request for which the host is looked up again, as happens every half minute.
        """
        from bancheng.centres import hosts

        self._ask(path)  # opens the pool and fills the caches
        traced: set[Any] = set()
        with tempfile.TemporaryFile("w+", errors="replace") as trace:

            def follow(**_: object) -> None:
                wire = connection.connection.pgconn
                if wire not in traced:
                    traced.add(wire)
                    wire.trace(trace.fileno())

            connection_created.connect(follow)  # sent when a connection comes from the pool, ahead of its use
            try:
                if forgetful:
                    hosts.forget()
                self._ask(path)
            finally:
                connection_created.disconnect(follow)
                for wire in traced:
                    wire.untrace()  # writes the last lines, too
            trace.seek(0)
            return trace.read().count(END_OF_ANSWER)

    def _timed(self, path: str) -> float:
        began = time.perf_counter()
        self._ask(path)
        return time.perf_counter() - began

    def _ask(self, path: str) -> bytes:
        environ: dict[str, Any] = {"HTTP_HOST": self.host, "HTTP_COOKIE": self.cookie, "PATH_INFO": path}
        setup_testing_defaults(environ)
        statuses: list[str] = []
        response = self.application(environ, lambda status, *_: statuses.append(status))
        try:
            body = b"".join(response)
        finally:
            response.close()  # ends the request: the connection goes back to the pool
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{path} answered {statuses}")
        return body


def main(orders: IO[str], answers: IO[str]) -> None:
    """Obey the orders, {"do": name of a method, ...: its arguments}, until they end."""
    django.setup()
    if hasattr(settings, "PLAIN_SCHEMA"):
        from tests.bench.plain import take_guards_off

        take_guards_off()
    server = PageServer(**json.loads(orders.readline()))
    does: dict[str, Callable[..., Any]] = {
        "body": server.body,
        "seconds": server.seconds,
        "round_trips": server.round_trips,
    }
    for order in map(json.loads, orders):
        print(json.dumps(does[order.pop("do")](**order)), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
