"""The supervisor under kills: ordered stop, no orphans, one instance, data kept. Real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bancheng.devstack import discovery
from bancheng.devstack.ports import free_ports

pytestmark = pytest.mark.faults
SCRIPT = Path(__file__).with_name("demo_servers.py")
PLATFORM = discovery.ROOT / "platform"


class Demo:
    """One demo process over the folder `home`."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.output = home.with_name("output.log")
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        environment |= {"BANCHENG_HOME": str(home), "PORT": str(port), "PYTHONPATH": str(PLATFORM)}
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(SCRIPT)],
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_until_ready(self) -> dict[str, str]:
        wait_for(lambda: self.process.poll() is not None or self.state().get("pid") == self.process.pid)
        environment: dict[str, str] = self.state()["environment"]
        return environment

    def state(self) -> dict[str, Any]:
        """What the instance announced; that of a killed one lies there until the next has the lock."""
        try:
            state: dict[str, Any] = json.loads(discovery.state_file(self.home).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return state

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def home() -> Iterator[Path]:
    """Not under pytest's own folder: that is closed to the account under which root runs PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="bancheng-faults-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder, "home")


@pytest.fixture
def start(home: Path) -> Iterator[Callable[[], Demo]]:
    started: list[Demo] = []

    def start_one(port: int = 0) -> Demo:
        demo = Demo(home, port or free_ports(1)[0])
        started.append(demo)
        return demo

    yield start_one
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def processes_of(home: Path) -> list[str]:
    """Command lines of all living processes that name the folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in line:
            found.append(line)
    return found


def listens(url: str) -> bool:
    port = int(url.rpartition(":")[2].partition("/")[0])
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_stops_every_process_and_succeeds(
    start: Callable[[], Demo], number: signal.Signals
) -> None:
    demo = start()
    demo.wait_until_ready()

    assert demo.end(number) == 0

    assert processes_of(demo.home) == []
    assert not discovery.state_file(demo.home).exists()


def test_the_database_is_stopped_last_and_in_order(start: Callable[[], Demo]) -> None:
    demo = start()
    demo.wait_until_ready()

    demo.end(signal.SIGTERM)

    log = (demo.home / "logs" / "postgres.log").read_text("utf-8")
    assert "database system is shut down" in log


def test_a_killed_supervisor_leaves_no_orphan(start: Callable[[], Demo]) -> None:
    demo = start()
    environment = demo.wait_until_ready()

    demo.end(signal.SIGKILL)

    wait_for(lambda: processes_of(demo.home) == [])
    wait_for(lambda: not listens(environment["DATABASE_URL"]) and not listens(environment["REDIS_URL"]))


def test_after_a_killed_supervisor_the_next_start_is_clean(start: Callable[[], Demo]) -> None:
    first = start()
    first.wait_until_ready()
    first.end(signal.SIGKILL)

    environment = start().wait_until_ready()

    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_second_instance_is_refused_with_the_first_ones_number(start: Callable[[], Demo]) -> None:
    first = start()
    first.wait_until_ready()

    second = start()

    assert second.process.wait(timeout=20) == 1
    said = second.output.read_text("utf-8")
    assert f"演示已在运行（进程 {first.process.pid}" in said
    assert "The demo is already running" in said
    assert first.process.poll() is None


def test_a_second_start_keeps_data_and_keys(start: Callable[[], Demo]) -> None:
    first = start()
    before = first.wait_until_ready()
    with psycopg.connect(before["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    first.end(signal.SIGTERM)

    after = start().wait_until_ready()

    with psycopg.connect(after["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    for name in ("SECRET_KEY", "BANCHENG_FIELD_KEYS", "BANCHENG_INDEX_KEY"):
        assert after[name] == before[name]


def test_a_crashed_server_is_restarted_at_the_same_address(start: Callable[[], Demo]) -> None:
    demo = start()
    environment = demo.wait_until_ready()
    wait_for(lambda: "已就绪" in demo.output.read_text("utf-8"))
    postmaster = int((data_folder(demo.home) / "postmaster.pid").read_text().splitlines()[0])

    os.kill(postmaster, signal.SIGKILL)

    wait_for(lambda: "数据库意外退出" in demo.output.read_text("utf-8"))
    wait_for(lambda: answers(environment["DATABASE_URL"]))


def test_a_taken_port_is_refused_before_anything_starts(start: Callable[..., Demo]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        demo = start(taken.getsockname()[1])

        assert demo.process.wait(timeout=20) == 1

    assert "已被占用" in demo.output.read_text("utf-8")
    assert not (demo.home / "logs").exists()


def data_folder(home: Path) -> Path:
    from bancheng.devstack.account import database_account
    from bancheng.devstack.postgres import place_for

    return place_for(home, database_account()) / "data"


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
