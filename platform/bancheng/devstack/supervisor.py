"""A small supervisor: starts services in order, restarts what crashes, stops all in the reverse order.

Every service leads a process group of its own. A guard process (see guard.py) ends those groups when the
supervisor itself is killed, so that nothing is left behind.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from bancheng.devstack.account import Account

TICK = 0.05  # seconds between two looks at the children
STEADY = 60.0  # seconds after which a restarted service counts as healthy again
SLOWEST_RESTART = 30.0  # seconds


class Say(Protocol):
    """Shows people a text at once; `print` is nearly one."""

    def __call__(self, text: str, end: str = "\n") -> None: ...


class Stopped(Exception):
    """Somebody asked for the end (SIGINT, SIGTERM, SIGHUP) while we were starting."""


class Failed(RuntimeError):
    """A service or step did not come up; the message is Chinese and holds the end of its log."""


@dataclass(frozen=True)
class Service:
    """A program that is to run until the end.

    `ready` is asked until it says True; `None` means that a running process is enough. `before` runs ahead of
    every start, also of a restart. `stop_within` are the seconds it has to end after `stop_signal`.
    """

    name: str
    label: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    ready_within: float = 60.0
    before: Callable[[], None] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 6.0
    account: Account | None = None


@dataclass
class Child:
    """A service's present process and how often it has crashed of late."""

    service: Service
    process: subprocess.Popen[bytes]
    started: float
    crashes: int = 0
    restart_at: float | None = None


class Supervisor:
    """Runs services with their output in `logs`/<name>.log; `say` shows progress to people."""

    def __init__(self, logs: Path, say: Say) -> None:
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.logs = logs
        self.say = say
        self.children: list[Child] = []
        self._asked: list[float] = []  # when each request to stop came
        self._guard_end, self._guard = _start_guard()

    def handle_signals(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP end what we do in order; a second one, by force."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)

    def start(self, service: Service) -> None:
        """Start `service` and wait until it is ready. Raises Failed, or Stopped when asked to end."""
        began = time.monotonic()
        self.say(f"正在启动{service.label} …", end="")
        child = Child(service, self._spawn(service), began)
        self.children.append(child)
        while not (service.ready is None or service.ready()):
            self._pause()
            if child.process.poll() is not None:
                code = child.process.returncode
                raise Failed(f"{service.label}没有启动（退出码 {code}）\n{self._tail(service.name)}")
            if time.monotonic() - began > service.ready_within:
                raise Failed(
                    f"{service.label}在 {service.ready_within:.0f} 秒内没有就绪\n{self._tail(service.name)}"
                )
        self.say(f" {time.monotonic() - began:.1f} 秒")

    def run(self, name: str, label: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Run one step to its end. Raises Failed when it fails, Stopped when asked to end meanwhile."""
        began = time.monotonic()
        self.say(f"正在{label} …", end="")
        step = Service(name, label, argv, env)
        process = self._spawn(step)
        try:
            while process.poll() is None:
                self._pause()
        finally:
            self._end(Child(step, process, began))
        if process.returncode:
            raise Failed(f"{label}失败（退出码 {process.returncode}）\n{self._tail(name)}")
        self.say(f" {time.monotonic() - began:.1f} 秒")

    def watch(self) -> None:
        """Restart what crashes, ever more slowly, until somebody asks for the end."""
        try:
            while True:
                self._pause()
                for child in self.children:
                    self._look_after(child)
        except Stopped:
            return

    def kill(self, name: str) -> None:
        """End a service as a crash would, its whole process group at one blow; `revive` starts it again."""
        child = self._child(name)
        _send(child.process.pid, signal.SIGKILL, whole_group=True)
        child.process.wait()
        self._tell_guard(f"- {child.process.pid}")

    def kill_all(self) -> None:
        """End every service at one blow, for those whose data nobody will read again."""
        for child in self.children:
            _send(child.process.pid, signal.SIGKILL, whole_group=True)

    def revive(self, name: str) -> None:
        """Start a service that has ended again; does not wait until it is ready."""
        child = self._child(name)
        child.process, child.started = self._spawn(child.service), time.monotonic()

    def ended(self, name: str) -> bool:
        """Whether the service has ended and nothing started it again."""
        return self._child(name).process.poll() is not None

    def pid(self, name: str) -> int:
        """The process of a service, which leads its group."""
        return self._child(name).process.pid

    def stop(self) -> None:
        """Stop all services in the reverse order of their start; then nothing of ours runs."""
        for child in reversed(self.children):
            self._end(child)
        self.children.clear()
        if self._guard_end >= 0:
            os.close(self._guard_end)
            self._guard_end = -1
            self._guard.wait()

    def remove_at_end(self, folder: Path) -> None:
        """Have `folder` removed when everything has stopped, even if we are killed."""
        self._tell_guard(f"rm {folder}")

    def _child(self, name: str) -> Child:
        return next(child for child in self.children if child.service.name == name)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is not None:
            if now < child.restart_at:
                return
            child.process, child.started, child.restart_at = self._spawn(child.service), now, None
        elif child.process.poll() is not None:
            self._tell_guard(f"- {child.process.pid}")
            child.crashes = 1 if now - child.started > STEADY else child.crashes + 1
            wait = min(2.0 ** (child.crashes - 1), SLOWEST_RESTART)
            child.restart_at = now + wait
            what = f"{child.service.label}意外退出（退出码 {child.process.returncode}）"
            self.say(f"{what}，{wait:.0f} 秒后重启；日志：{self._log(child.service.name)}")

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        if service.before:
            service.before()
        account = service.account

        def report() -> None:  # the child itself, before it becomes the program: no moment is unguarded
            self._tell_guard(f"+ {os.getpid()} {service.stop_signal.value}")

        with self._log(service.name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                service.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **service.env},
                cwd="/" if account else None,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,  # a Ctrl-C at the terminal reaches us alone, and we stop in order
                preexec_fn=report,
            )

    def _end(self, child: Child) -> None:
        """Stop one service: ask, wait, kill. A second request of the user shortens the waiting to nothing."""
        service, process = child.service, child.process
        if process.poll() is None:
            _send(process.pid, service.stop_signal, whole_group=False)
            deadline = time.monotonic() + service.stop_within
            while process.poll() is None and time.monotonic() < deadline and not self._forced:
                time.sleep(TICK)
        _send(process.pid, signal.SIGKILL, whole_group=True)  # what the service left of its own children
        process.wait()
        self._tell_guard(f"- {process.pid}")

    def _pause(self) -> None:
        if self._asked:
            raise Stopped
        time.sleep(TICK)

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.append(time.monotonic())

    @property
    def _forced(self) -> bool:
        """Asked twice. One Ctrl-C may arrive twice within a moment, through make and through the terminal."""
        return len(self._asked) > 1 and self._asked[-1] - self._asked[0] > 1.0

    def _tell_guard(self, order: str) -> None:
        with contextlib.suppress(OSError):  # the guard was killed: we go on without it
            os.write(self._guard_end, f"{order}\n".encode())

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _tail(self, name: str) -> str:
        lines = self._log(name).read_text("utf-8", errors="replace").splitlines()
        return "\n".join([*lines[-15:], f"完整日志：{self._log(name)}"])


def _start_guard() -> tuple[int, subprocess.Popen[bytes]]:
    """The guard, and our end of the pipe on which it hears of groups, and of our death."""
    reading, writing = os.pipe()
    guard = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))],
        stdin=reading,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    os.close(reading)
    return writing, guard


def _send(pid: int, number: signal.Signals, *, whole_group: bool) -> None:
    try:
        if whole_group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return
