"""The part of a story that is played in the province's own deployment, by the same command run over there."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping

from bancheng.devstack import discovery
from bancheng.devstack.demo import beside
from bancheng.errors import Refused
from bancheng.exchange import peers


def environment(unit: str) -> dict[str, str]:
    """What leads to the system beside this demo that serves the unit.

    Raises Refused when none runs there, or when the two have not been introduced.
    """
    found = discovery.announced(beside(discovery.home()))
    if not found or peers.unit(unit) is None:
        raise Refused(
            "省级系统没有运行，无法全程电子转办：请先用 make demo PEER=1 启动演示。", code="no_peer"
        )
    return found


def command(there: Mapping[str, str], *arguments: str, say: Callable[[str], object]) -> None:
    """Run `bancheng …` there and hand on its lines as they come. Raises Refused with its last words."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        with subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-m", "django", *arguments],
            env={**os.environ, **there},
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as running:
            for line in running.stdout or ():
                say(line.rstrip("\n"))
        if running.returncode:
            errors.seek(0)
            last = (errors.read().strip().splitlines() or [""])[-1].removeprefix("CommandError: ")
            raise Refused(f"省级系统：{last}", code="far_side")
