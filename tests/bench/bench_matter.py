"""What a matter's page costs when its story is long: 200 events and 30 files beside 5 events and none."""

import hashlib
import time
from datetime import timedelta
from statistics import median
from typing import Any

EVENTS, FILES = 200, 30
TURNS = 60
QUERIES_AT_MOST = 12
TIME_LIMIT = 2.5


def run() -> list[dict[str, Any]]:
    """Queries and time of both pages, in turns, on a database of its own. Needs Django set up."""
    from tests import schemas

    schemas.create_database()
    try:
        return _measure()
    finally:
        schemas.drop_database()


def _measure() -> list[dict[str, Any]]:
    from bancheng.identity.roles import Role
    from tests import schemas
    from tests.desk import Desk

    centre = schemas.centre("130722")
    desk = Desk(centre)
    short, long = _pages(desk)
    client = schemas.client_for(centre, desk.staff(Role.WINDOW_LEAD))
    for url in (short, long):  # what a process loads once is not what a page costs
        client.get(url)
    few, many = (_queries(client, url) for url in (short, long))
    taken: dict[str, list[float]] = {short: [], long: []}
    for turn in range(TURNS):
        for url in (short, long) if turn % 2 else (long, short):
            began = time.perf_counter()
            client.get(url)
            taken[url].append(time.perf_counter() - began)
    sizes = f"a matter with {EVENTS} events and {FILES} files"
    counted = {"long": many, "short": few}
    return [
        {"name": f"{sizes}: queries", "ratio": many, "limit": QUERIES_AT_MOST, "seconds": counted},
        {
            "name": f"{sizes} against a short one: more queries, but for one that leaves old notes shut",
            "ratio": many - few - 1,
            "limit": 0,
            "seconds": counted,
        },
        {
            "name": f"{sizes} against a short one: time",
            "ratio": median(mine / other for mine, other in zip(taken[long], taken[short], strict=True)),
            "limit": TIME_LIMIT,
            "seconds": {"long": round(median(taken[long]), 4), "short": round(median(taken[short]), 4)},
        },
    ]


def _queries(client: Any, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


def _pages(desk: Any) -> tuple[str, str]:
    """The addresses of a short and of a long matter."""
    from django.urls import reverse

    from bancheng.centres.scope import in_centre
    from bancheng.identity.roles import Role
    from bancheng.timekeeping import clock
    from tenants.casework.models import Evidence
    from tenants.matters import actions

    with in_centre(desk.centre.code):
        short, long = desk.handling(), desk.handling()
        handler = desk.actor(Role.HANDLER)
        while long.events_count < EVENTS:
            said = f"示例进展第{long.events_count}次。"
            long = actions.progress(matter_id=long.pk, actor=handler, text=said)
        for number in range(FILES):
            Evidence.objects.create(
                matter=long,
                at=clock.now(),
                by_id=handler.id,
                category=Evidence._meta.get_field("category").choices[0][0],
                purpose=Evidence._meta.get_field("purpose").choices[0][0],
                name=f"示例{number}.jpg",
                media_type="image/jpeg",
                size=1000,
                sha256=hashlib.sha256(str(number).encode()).hexdigest(),
                destroy_on=clock.today() + timedelta(days=365),
            )
    return reverse("matter", "tenants.urls", [short.pk]), reverse("matter", "tenants.urls", [long.pk])
