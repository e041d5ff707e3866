"""`bancheng doctor`: what is used, what is reachable, what is missing."""

import sys
from typing import Any

from django.core.management import BaseCommand

from bancheng.devstack.doctor import Mark, examine


class Command(BaseCommand):
    """Exits with 1 when something essential is missing."""

    help = "检查本机：用的是什么、连得上什么、缺什么、怎么办"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        for finding in findings:
            self.stdout.write(f"[{finding.mark.value}] {finding.label}：{finding.text}")
        missing = sum(finding.mark is Mark.BAD for finding in findings)
        self.stdout.write("")
        self.stdout.write(f"缺少 {missing} 项必需的东西，见上。" if missing else "必需的都在。")
        if missing:
            sys.exit(1)
