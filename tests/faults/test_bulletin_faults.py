"""A worker killed in the middle of a bulletin loses and doubles no section: the next goes on where it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from bancheng.bulletins import actions, making, selectors
from bancheng.bulletins.models import BulletinState
from bancheng.centres.scope import in_centre
from bancheng.timekeeping import clock
from tests.bulletins import NOW, OCTOBER, OFFICE, People, october

ROOT = Path(__file__).resolve().parents[2]
KILLS = 3

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

# Says when it is inside of the third step that it was given, with the row locked and the section unsaved.
WORK = """
import sys, time
import django
django.setup()
from bancheng.bulletins import making
from tasks import bulletins
written = []
def watched(write):
    def run(sight):
        section = write(sight)
        written.append(section)
        if len(written) == 3:
            print("inside", flush=True)
            time.sleep(60)
        return section
    return run
making.STEPS = tuple((name, watched(write)) for name, write in making.STEPS)
bulletins.make(centre=sys.argv[1], bulletin=sys.argv[2])
"""


def test_a_killed_worker_loses_and_doubles_no_section(
    transactional_db: None, zhangbei: Any, office: Any
) -> None:
    people = People(office)
    october()
    with clock.at(NOW), in_centre(OFFICE):
        bulletin = actions.ask(actor=people.actor(people.analyst), month=OCTOBER)
    for kill in range(1, KILLS + 1):
        killed_inside(str(bulletin.pk))
        with in_centre(OFFICE):
            row = selectors.bulletin(bulletin.pk)
        assert row.state == BulletinState.MAKING
        assert row.done == len(row.document["sections"]) == 2 * kill
    with clock.at(NOW), in_centre(OFFICE):
        making.make(bulletin.pk)
        row = selectors.bulletin(bulletin.pk)
    codes = [section["code"] for section in row.document["sections"]]
    assert row.state == BulletinState.DRAFT
    assert len(codes) == len(set(codes)) == len(making.STEPS)


def killed_inside(bulletin: str) -> None:
    """A worker that writes two sections and is killed in the third."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    env = os.environ | {
        "DATABASE_URL": address.geturl(),
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.test",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT))),
    }
    command = [sys.executable, "-c", WORK, OFFICE, bulletin]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) as work:
        assert work.stdout is not None
        assert work.stdout.readline() == b"inside\n"
        work.send_signal(signal.SIGKILL)
        assert work.wait() == -signal.SIGKILL
