"""A summary killed in the middle leaves the figures as they were; the next brings them up to date.

So do workers that die in the middle of a minute's round, and a broker that forgets it.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.models import Sum
from redis import Redis

from bancheng.celery import hint
from bancheng.centres.models import Centre, PeriodicRun
from bancheng.centres.scope import in_centre
from bancheng.overview.models import CityDay, Fact, RollupDue
from bancheng.timekeeping import clock
from tenants.workbook import reconcile, summary
from tests.desk import Desk
from tests.faults.conftest import Killable

PATIENCE = 120  # seconds until all is done
ROOT = Path(__file__).resolve().parents[2]
CODE = "130722"
KILLS = 8

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

# Throws the facts away and counts them again without a pause: a kill always hits one in the middle.
WORK = f"""
import django
django.setup()
from bancheng.centres.scope import in_centre
from tenants.workbook import summary
with in_centre("{CODE}"):
    while True:
        print("counting", flush=True)
        summary.rebuild("{CODE}")
"""


def test_a_killed_summary_neither_loses_nor_doubles_a_figure(transactional_db: None, zhangbei: Any) -> None:
    desk, rng = Desk(zhangbei), random.Random(7)  # noqa: S311
    with in_centre(CODE):
        for _ in range(10):
            desk.handling()
        summary.summarise(CODE)
    for _ in range(KILLS):
        before = registered()
        with in_centre(CODE):
            desk.resolved()
        killed_after(rng.uniform(0.0, 0.12))
        assert registered() in (before, before + 1)
        with in_centre(CODE):
            assert reconcile.differences(CODE) == []
        assert registered() == before + 1


def test_workers_that_die_in_a_round_and_a_broker_that_forgets_cost_a_minute(
    transactional_db: None,
    zhangbei: Any,
    yuxian: Any,
    city: Any,
    valkey: tuple[Killable, str],
    workers: tuple[Killable, Killable],
) -> None:
    desks = {centre.code: Desk(centre) for centre in (zhangbei, yuxian, city)}
    rng, redis = random.Random(5), Redis.from_url(valkey[1])  # noqa: S311
    matters = 0
    for _ in range(6):
        for code, desk in desks.items():
            with in_centre(code):
                desk.resolved()
                matters += 1
        a_minute()
        time.sleep(rng.uniform(0.0, 0.4))
        rng.choice(workers).restart()
        if rng.random() < 0.5:
            redis.flushdb()
    until(lambda: rolled_up() == matters, ask=a_minute)
    assert sum(worker.kills for worker in workers) == 6
    for code in desks:
        with in_centre(code):
            assert reconcile.differences(code) == []
    assert reconcile.city_differences() == []


def test_a_round_goes_on_without_the_centre_that_is_down_and_takes_up_the_new_one(
    transactional_db: None,
    zhangbei: Any,
    yuxian: Any,
    city: Any,
    valkey: tuple[Killable, str],
    workers: tuple[Killable, Killable],
) -> None:
    for centre in (zhangbei, yuxian, city):
        with in_centre(centre.code):
            Desk(centre).registered()
    Centre.objects.filter(code=CODE).update(schema_name="c139999")  # there is no such schema
    Centre.objects.filter(code="130726").update(suspended_at=clock.now())
    until(lambda: rolled_up() == 1, ask=a_minute)
    Centre.objects.filter(code=CODE).update(schema_name="c130722")
    Centre.objects.filter(code="130726").update(suspended_at=None)
    until(lambda: rolled_up() == 3, ask=a_minute)
    assert not RollupDue.objects.exists()


def a_minute() -> None:
    """Two beats that tell of the same new minute."""
    PeriodicRun.objects.all().delete()
    hint("statistics.summarise_all")
    hint("statistics.summarise_all")


def rolled_up() -> int:
    return int(CityDay.objects.aggregate(all=Sum("registered"))["all"] or 0)


def until(condition: Callable[[], bool], *, ask: Callable[[], None]) -> None:
    """Wait for it; ask again every other second, as beat does every minute."""
    ends, asked = time.monotonic() + PATIENCE, 0.0
    while not condition():
        assert time.monotonic() < ends, f"{rolled_up()} are in the sums"
        if time.monotonic() - asked > 2:
            asked = time.monotonic()
            ask()
        time.sleep(0.05)


def registered() -> int:
    return int(Fact.objects.aggregate(all=Sum("registered"))["all"])


def killed_after(seconds: float) -> None:
    """Start the work, let it begin a count, and kill it so many seconds later."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    env = os.environ | {
        "DATABASE_URL": address.geturl(),
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.test",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT))),
    }
    with subprocess.Popen([sys.executable, "-c", WORK], cwd=ROOT, env=env, stdout=subprocess.PIPE) as work:
        assert work.stdout is not None
        assert work.stdout.readline() == b"counting\n"
        try:
            work.wait(seconds)
        except subprocess.TimeoutExpired:
            work.send_signal(signal.SIGKILL)
        assert work.wait() == -signal.SIGKILL
