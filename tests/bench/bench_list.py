"""What tenancy costs the list of one centre: the whole stack with it and without, in turns, in one run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any
from urllib.parse import urlsplit

CODE = "130722"
MATTERS = 500
PAGES = ("/workbook/", "/api/v1/matters/")
TURNS = 200
TIME_LIMIT = 1.10
ROUND_TRIPS_LIMIT = 2


class Side:
    """A process that serves pages by one settings module."""

    def __init__(self, settings: str, **start: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.page_server"],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._tell(start)

    def ask(self, do: str, **arguments: Any) -> Any:
        """What the method of PageServer returned. Raises RuntimeError when the process is gone."""
        self._tell({"do": do, **arguments})
        assert self.process.stdout
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the page server ended: {do} {arguments}")
        return json.loads(answer)

    def stop(self) -> None:
        self.process.communicate(timeout=20)

    def _tell(self, order: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()


def run() -> list[dict[str, Any]]:
    """For each of PAGES the ratio of times and the extra round trips, on a database of its own.

    Needs Django set up, and a server on which databases can be made.
    """
    from tests import schemas

    schemas.create_database()
    try:
        start = _fill()
        with _sides(start) as (tenancy, plain):
            return [
                figure
                for page in PAGES
                for figure in (_times(page, tenancy, plain), _trips(page, tenancy, plain))
            ]
    finally:
        schemas.drop_database()


def _times(page: str, tenancy: Side, plain: Side) -> dict[str, Any]:
    for side in (tenancy, plain):
        side.ask("seconds", path=page, times=5)  # what a process loads once is not what a page costs
    bodies = [side.ask("body", path=page) for side in (tenancy, plain)]
    if bodies[0] != bodies[1]:
        raise RuntimeError(f"{page} is not the same page with tenancy and without")
    taken: dict[Side, list[float]] = {tenancy: [], plain: []}
    for turn in range(TURNS):
        for side in (tenancy, plain) if turn % 2 else (plain, tenancy):
            taken[side] += side.ask("seconds", path=page, times=1)
    ours, theirs = taken[tenancy], taken[plain]
    return {
        "name": f"{page} of {MATTERS} matters with tenancy against without: time",
        # Turn by turn: whatever else the machine does, it does to both requests of a turn.
        "ratio": median(mine / other for mine, other in zip(ours, theirs, strict=True)),
        "limit": TIME_LIMIT,
        "seconds": {
            "with": round(median(ours), 4),
            "without": round(median(theirs), 4),
            "ratio of medians": round(median(ours) / median(theirs), 3),
            "of the quickest": round(min(ours) / min(theirs), 3),
        },
    }


def _trips(page: str, tenancy: Side, plain: Side) -> dict[str, Any]:
    ours = tenancy.ask("round_trips", path=page, forgetful=False)
    first = tenancy.ask("round_trips", path=page, forgetful=True)
    theirs = plain.ask("round_trips", path=page, forgetful=False)
    return {
        "name": f"{page} with tenancy against without: extra round trips",
        "ratio": ours - theirs,
        "limit": ROUND_TRIPS_LIMIT,
        "seconds": {
            "with": ours,
            "without": theirs,
            "when the host is looked up, each half minute": first,
        },
    }


def _fill() -> dict[str, str]:
    """A year of a centre's matters in several states; at which host, and by which session, they are seen."""
    from django.db import connection

    from bancheng.centres.scope import in_centre
    from bancheng.identity.roles import Role
    from tests import schemas
    from tests.desk import Desk

    centre = schemas.centre(CODE)
    desk = Desk(centre)
    with in_centre(CODE):
        for number in range(MATTERS):
            make = desk.registered
            if number % 10 == 0:
                make = (desk.assigned, desk.handling, desk.resolved, desk.closed)[number // 10 % 4]
            make()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    client = schemas.client_for(centre, desk.staff(Role.WINDOW_LEAD))
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return {"host": schemas.host_of(centre), "cookie": cookies}


@contextmanager
def _sides(start: dict[str, str]) -> Iterator[tuple[Side, Side]]:
    """The same pages with tenancy and without, served until the end of the block."""
    from django.db import connection

    sides: list[Side] = []
    os.environ["DATABASE_URL"], before = (
        _address(connection.settings_dict["NAME"]),
        os.environ["DATABASE_URL"],
    )
    try:
        for settings in ("bancheng.settings.test", "tests.bench.plain_settings"):
            sides.append(Side(settings, **start))
        yield sides[0], sides[1]
    finally:
        os.environ["DATABASE_URL"] = before
        for side in sides:
            side.stop()


def _address(database: str) -> str:
    """DATABASE_URL with the name of another database."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
