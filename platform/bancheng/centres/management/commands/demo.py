"""`bancheng demo`: the whole service on this machine, with servers of its own."""

import io
import sys
from typing import Any

from django.core.management import BaseCommand, CommandError, get_commands

from bancheng.devstack import demo
from bancheng.devstack.binaries import Missing
from bancheng.devstack.instance import AlreadyRunning
from bancheng.devstack.supervisor import Failed


class Command(BaseCommand):
    help = "启动演示：数据库、消息队列、后台任务、网页；Ctrl-C 停止，数据保留"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without Chinese must not stop us
        try:
            demo.run(demo.options_from_environment(get_commands()), say)
        except (Failed, Missing, AlreadyRunning, OSError, RuntimeError) as refusal:
            raise CommandError(str(refusal)) from refusal


def say(text: str, end: str = "\n") -> None:
    """Show it at once. A terminal that was closed must not keep us from stopping in order."""
    try:
        print(text, end=end, flush=True)
    except OSError:
        sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115
