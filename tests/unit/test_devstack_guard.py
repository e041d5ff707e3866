"""The guard acts when the other end of its pipe is gone, and only on what still runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bancheng.devstack import guard

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
)


@pytest.fixture
def guarding() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-I", "-S", guard.__file__], stdin=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


def tell(process: subprocess.Popen[str], *orders: str) -> None:
    """Give the orders, then be gone."""
    process.communicate("".join(f"{order}\n" for order in orders), timeout=20)


def wait_until_ignoring(pid: int, number: signal.Signals) -> None:
    """Until the guard has begun: the kernel then shows the signal among the ignored ones."""
    for _ in range(400):
        status = Path(f"/proc/{pid}/status").read_text()
        ignored = next(line for line in status.splitlines() if line.startswith("SigIgn:"))
        if int(ignored.split()[1], 16) >> (number - 1) & 1:
            return
        time.sleep(0.05)
    raise AssertionError("the guard did not begin")


def test_a_reported_group_is_ended_by_its_own_signal(
    guarding: subprocess.Popen[str], sleeper: subprocess.Popen[bytes]
) -> None:
    own = signal.SIGUSR1  # one that no shell lets its background jobs ignore
    tell(guarding, f"+ {sleeper.pid} {own.value}")
    assert sleeper.wait(timeout=10) == -own


def test_a_group_reported_as_ended_is_left_alone(
    guarding: subprocess.Popen[str], sleeper: subprocess.Popen[bytes]
) -> None:
    tell(guarding, f"+ {sleeper.pid} {signal.SIGTERM.value}", f"- {sleeper.pid}")
    assert sleeper.poll() is None


def test_a_folder_is_removed_at_the_end(guarding: subprocess.Popen[str], tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    tell(guarding, f"rm {folder}")
    assert not folder.exists()


def test_signals_do_not_end_the_guard(
    guarding: subprocess.Popen[str], sleeper: subprocess.Popen[bytes]
) -> None:
    wait_until_ignoring(guarding.pid, signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(guarding.pid, number)
    tell(guarding, f"+ {sleeper.pid} {signal.SIGTERM.value}")
    assert sleeper.wait(timeout=10) == -signal.SIGTERM


def test_what_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "GRACE", 0.3)
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN], start_new_session=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        guard.end({process.pid: signal.SIGTERM})
        assert process.wait(timeout=10) == -signal.SIGKILL
