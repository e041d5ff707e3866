"""Commands find a running demo, and only that."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bancheng.devstack import discovery
from bancheng.devstack.instance import AlreadyRunning, Instance

FOUND = {"DATABASE_URL": "postgresql://somewhere/bancheng", "PORT": "8123"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BANCHENG_HOME", str(tmp_path / "demo"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "demo"


@pytest.fixture
def running(home: Path) -> Iterator[Instance]:
    instance = Instance(home)
    instance.take()
    instance.announce(FOUND)
    yield instance
    instance.release()


def test_a_running_demo_is_found(running: Instance) -> None:
    assert discovery.running_environment() == FOUND


def test_without_a_demo_nothing_is_found(home: Path) -> None:
    assert discovery.running_environment() == {}


def test_a_named_database_wins_over_the_demo(running: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/bancheng")
    assert discovery.running_environment() == {}


def test_production_never_falls_into_a_demo(running: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bancheng.settings.production")
    assert discovery.running_environment() == {}


def test_the_state_of_a_killed_demo_is_not_believed(running: Instance) -> None:
    state = discovery.state_file(running.place).read_text("utf-8")
    running.release()
    discovery.state_file(running.place).write_text(state, "utf-8")
    assert discovery.running_environment() == {}


@pytest.mark.parametrize(
    "text", ["", "not json", "[]", json.dumps({"pid": 1}), json.dumps({"environment": 3})]
)
def test_a_damaged_state_file_finds_nothing_and_does_not_raise(running: Instance, text: str) -> None:
    discovery.state_file(running.place).write_text(text, "utf-8")
    assert discovery.running_environment() == {}


def test_a_second_instance_is_refused(running: Instance) -> None:
    with pytest.raises(AlreadyRunning, match="演示已在运行"):
        Instance(running.place).take()


def test_a_command_that_looks_for_a_moment_does_not_stop_a_start(home: Path) -> None:
    Instance(home).place.mkdir()
    with discovery.lock_file(home).open("w") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        fcntl.flock(looking, fcntl.LOCK_UN)
    instance = Instance(home)
    instance.take()
    assert discovery.is_running(home)
    instance.release()
    assert not discovery.is_running(home)


def test_keys_are_made_once_and_closed_to_others(home: Path) -> None:
    instance = Instance(home)
    instance.take()
    first = instance.keys()
    instance.release()
    again = Instance(home)
    again.take()
    assert again.keys() == first
    assert (home / "secrets.json").stat().st_mode & 0o777 == 0o600
    again.release()
