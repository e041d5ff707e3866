"""A PostgreSQL and a Valkey for one run, gone afterwards: for tests, checks and measurements.

`python -m bancheng.devstack.throwaway COMMAND …` runs a command with them.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bancheng.devstack.ports import free_ports
from bancheng.devstack.postgres import PostgresServer
from bancheng.devstack.supervisor import Supervisor
from bancheng.devstack.valkey import ValkeyServer


def start() -> Callable[[], None]:
    """Start both servers in a temporary folder and name them in the environment. Returns what ends them.

    They and their folder are gone after that call, and also when this process is killed.
    """
    home = Path(tempfile.mkdtemp(prefix="bancheng-test-"))
    home.chmod(0o711)
    postgres_port, valkey_port = free_ports(2)
    postgres = PostgresServer(home, postgres_port, secrets.token_hex(16), throwaway=True)
    valkey = ValkeyServer(home, valkey_port, secrets.token_hex(16))
    supervisor = Supervisor(home / "logs", say=_say_nothing)
    for folder in {home, postgres.place}:
        supervisor.remove_at_end(folder)
    try:
        postgres.prepare()
        supervisor.start(postgres.service())
        supervisor.start(valkey.service())
    except BaseException:
        supervisor.stop()
        raise
    os.environ |= {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
    return supervisor.stop


def main() -> int:
    """Run the command of our arguments; with DATABASE_URL set, against the servers named there."""
    if os.environ.get("DATABASE_URL"):
        return subprocess.call(sys.argv[1:])  # noqa: S603
    stop = start()
    try:
        return subprocess.call(sys.argv[1:])  # noqa: S603
    finally:
        stop()


def _say_nothing(text: str, end: str = "") -> None:
    """Whoever asked for the servers reports for himself."""


if __name__ == "__main__":
    sys.exit(main())
