"""`bancheng chaos`: referrals between two deployments while everything underneath breaks; then a verdict."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from bancheng.devstack.binaries import Missing
from bancheng.devstack.supervisor import Failed, Stopped
from tenants.demo.chaos import trial

WITHOUT_INBOX = "tests.faults.without_inbox"
"""The test build in which arrivals are neither known again nor kept in order; only in the source tree."""


class Command(BaseCommand):
    """Servers of its own, thrown away afterwards; nothing of a running demo or deployment is touched."""

    help = "故障演练：在两个自建的系统之间转办，同时杀进程、断网、使数据库崩溃，最后核对是否丢失、重复、乱序"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What the run is like; the exit status is 1 unless the verdict is clean."""
        parser.add_argument("--referrals", type=int, default=500, metavar="件数", help="转办多少件（500）")
        parser.add_argument("--minutes", type=float, default=1.0, metavar="分钟", help="故障持续多久（1）")
        parser.add_argument("--seed", type=int, default=1, metavar="种子", help="同一种子得到同样的计划（1）")
        parser.add_argument("--out", type=Path, metavar="文件", help="结论另存为JSON")
        parser.add_argument(
            "--without-inbox", action="store_true", help="对照：关闭收件去重与排序的测试版本，应当不通过"
        )
        parser.add_argument("--keep-logs", type=Path, metavar="目录", help="保留各进程的日志")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, tell, write, and end with 1 unless clean."""
        if options["referrals"] < 1 or not 0 < options["minutes"] <= 600:
            raise CommandError("件数至少为1，分钟数须大于0且不超过600。")
        wanted = trial.Wanted(
            referrals=options["referrals"],
            minutes=options["minutes"],
            seed=options["seed"],
            build=WITHOUT_INBOX if options["without_inbox"] else "",
            keep_logs=str(options["keep_logs"] or ""),
        )
        os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        try:
            report = trial.run(wanted, self._say)
        except (Failed, Missing, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        except (Stopped, KeyboardInterrupt):
            raise CommandError("已中止，没有结论。") from None
        self._say(trial.told(report))
        if options["out"]:
            options["out"].write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
        if not report["verdict"]["clean"]:
            sys.exit(1)

    def _say(self, text: str, end: str = "\n") -> None:
        self.stdout.write(text, ending=end)
        self.stdout.flush()
