"""`bancheng chaos`, smaller: two deployments, every kind of fault, and a verdict that can be a bad one."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tenants.demo.chaos import trial
from tenants.demo.chaos.stage import Stage, stage
from tenants.demo.chaos.trial import Wanted

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]  # the stage counts as well

WANTED = Wanted(referrals=18, minutes=0.2, counties=2, drivers=1, patience=200)


@pytest.fixture(scope="module")
def place(django_db_setup: None) -> Iterator[Stage]:
    """Both tests' stage, on the ground of the test database."""
    base = urlsplit(os.environ["DATABASE_URL"])
    like = base._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    with stage(WANTED.city, matters=5, seed=1, say=say_nothing, like=like) as made:
        yield made


def test_whatever_breaks_each_referral_ends_once_and_in_order(place: Stage) -> None:
    report = trial.on(place, WANTED, say_nothing)

    found, faults = report["verdict"], report["faults"]
    assert found["clean"], found
    assert found["referrals"] >= WANTED.referrals
    assert found["publishes_per_delivered"] <= 1.5
    for kind in ("kills", "broker_losses", "database_crashes", "link_cuts"):
        assert faults[kind] >= 1, kind


def test_without_the_inbox_the_verdict_finds_what_came_twice_and_in_disorder(place: Stage) -> None:
    place.rebuild("tests.faults.without_inbox")
    wanted = replace(WANTED, referrals=WANTED.referrals + 12, minutes=0.1, only=("repeat",), patience=5)

    found: dict[str, Any] = trial.on(place, wanted, say_nothing)["verdict"]

    assert not found["clean"]
    assert found["doubled"]
    assert found["out_of_order"]


def say_nothing(text: str, end: str = "") -> None:
    """A test reports for itself."""
