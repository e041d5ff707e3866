"""A summary killed in the middle leaves the figures as they were; the next brings them up to date."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.models import Sum

from bancheng.centres.scope import in_centre
from bancheng.overview.models import Fact
from tenants.workbook import reconcile, summary
from tests.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
CODE = "130722"
KILLS = 12

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
