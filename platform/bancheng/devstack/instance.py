"""One demo instance on disk: its lock, the keys made on its first start, what it tells other commands."""

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bancheng.devstack import discovery

LOCK_PATIENCE = 1.0  # seconds; a command that looks whether we run holds the lock for a moment


class AlreadyRunning(RuntimeError):
    """Another process holds this instance; the message names it in Chinese and English."""


@dataclass
class Instance:
    """The folder `place` and, once taken, its lock."""

    place: Path
    _handle: int = field(default=-1, init=False)

    def take(self) -> None:
        """Become the one process that runs this instance, until `release` or death. Raises AlreadyRunning."""
        self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            self.place.chmod(0o711)  # PostgreSQL's account passes through; every file in it is closed
        handle = os.open(discovery.lock_file(self.place), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    holder = os.pread(handle, 32, 0).decode().strip() or "?"
                    os.close(handle)
                    raise AlreadyRunning(_refusal(holder, self.place)) from None
                time.sleep(0.05)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._handle = handle
        discovery.state_file(self.place).unlink(missing_ok=True)  # of an instance that was killed

    def release(self) -> None:
        discovery.state_file(self.place).unlink(missing_ok=True)
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def keys(self) -> dict[str, str]:
        """Passwords and keys, made on the first start and kept with the data. For demos only."""
        path = self.place / "secrets.json"
        if path.exists():
            return {str(name): str(value) for name, value in json.loads(path.read_text("utf-8")).items()}
        made = {
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "VALKEY_PASSWORD": secrets.token_hex(16),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "BANCHENG_FIELD_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "BANCHENG_INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        _write_closed(path, json.dumps(made, indent=1))
        return made

    def announce(self, environment: Mapping[str, str]) -> None:
        """From now on `bancheng` commands of this user find the instance (see discovery.py)."""
        state = {"pid": os.getpid(), "environment": dict(environment)}
        _write_closed(discovery.state_file(self.place), json.dumps(state, indent=1))


def _write_closed(path: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner alone."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _refusal(holder: str, place: Path) -> str:
    return (
        f"演示已在运行（进程 {holder}，目录 {place}）。请先在那个终端按 Ctrl-C 停止，"
        f"或用 BANCHENG_HOME 指定另一个目录。\n"
        f"The demo is already running (process {holder}, folder {place}). Stop that one first, "
        f"or name another folder in BANCHENG_HOME."
    )
