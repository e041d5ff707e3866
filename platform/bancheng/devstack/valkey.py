"""Valkey for the demo and the tests: on 127.0.0.1 behind a password, in memory only."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import redis

from bancheng.devstack import binaries
from bancheng.devstack.supervisor import Service


@dataclass(frozen=True)
class ValkeyServer:
    """One server on `port`. It keeps nothing on disk: it carries hints, the truth is in PostgreSQL."""

    home: Path
    port: int
    password: str = field(repr=False)
    program: binaries.Valkey = field(default_factory=binaries.find_valkey)

    @property
    def url(self) -> str:
        """REDIS_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def service(self) -> Service:
        """The running server, ready when it answers a ping."""
        return Service(
            name="valkey",
            label="消息队列",
            argv=[str(self.program.server), str(self._config())],
            before=self._write_config,
            ready=self._answers,
        )

    def _config(self) -> Path:
        return self.home / "valkey.conf"

    def _write_config(self) -> None:
        """In a file of our own, so that the password does not show among the running processes."""
        path = self._config()
        path.unlink(missing_ok=True)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as config:
            config.write(
                f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
                f'dir "{self.home}"\nsave ""\nappendonly no\nmaxmemory 256mb\nmaxmemory-policy noeviction\n'
            )

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
