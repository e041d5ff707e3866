"""How long a new centre takes: by template, and by stock create_schema + migrate, alternating in one run."""

import os
import time
from statistics import median
from typing import Any

ROUNDS = 7
LIMIT = 0.25


def run() -> dict[str, Any]:
    """{"name", "ratio", "limit", "seconds": {...}} of adding a centre, on a database of its own.

    Needs Django set up, and a server on which databases can be made.
    """
    from tests import schemas

    schemas.create_database()
    try:
        for number in (96, 97):  # what processes and the server load once is not what a centre costs
            _by_template(number), _by_migrating(number + 2)
        ours, stock = [], []
        for number in range(ROUNDS):
            ours.append(_by_template(number))
            stock.append(_by_migrating(number + ROUNDS))
    finally:
        schemas.drop_database()
    return {
        "name": "one new centre against create_schema + migrate",
        # Round by round: whatever else the machine does, it does to both centres of a round.
        "ratio": median(mine / other for mine, other in zip(ours, stock, strict=True)),
        "limit": LIMIT,
        "seconds": {"template": round(median(ours), 3), "stock": round(median(stock), 3)},
    }


def _by_template(number: int) -> float:
    from bancheng.centres import onboarding

    began = time.perf_counter()
    onboarding.add_centre(code=f"1399{number:02d}", slug=f"bench{number}", name="测试中心", short_name="测试")
    return time.perf_counter() - began


def _by_migrating(number: int) -> float:
    """What django-tenants does itself when a tenant is saved."""
    from bancheng.centres.models import Centre
    from bancheng.timekeeping import clock

    began = time.perf_counter()
    centre = Centre(
        code=f"1399{number:02d}",
        schema_name=f"c1399{number:02d}",
        kind="centre",
        slug=f"bench{number}",
        name="测试中心",
        short_name="测试",
        abbreviation="测",
        created_at=clock.now(),
    )
    centre.save()
    centre.create_schema(verbosity=0)
    return time.perf_counter() - began


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bancheng.settings.test")
    import django

    django.setup()
    print(run())  # noqa: T201
