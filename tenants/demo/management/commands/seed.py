"""`bancheng seed`: the demo's centres, people and a year of invented matters; repeating changes nothing."""

import gc
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from bancheng.centres import onboarding
from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.identity.models import Staff
from bancheng.timekeeping import clock
from tenants.demo import accounts, figures, ground, office, province, year

PARTS = 2
"""Processes that make the year side by side."""
WORTH_DIVIDING = 6
"""Below so many centres one process does it."""


class Command(BaseCommand):
    """Make the demo, or the rest of it after an interruption."""

    help = "准备演示数据：20个中心、各岗位账号、一年的反映件；可重复执行，已有数据的中心不动"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--centres` and `--matters` make a smaller demo, `--province` another; the last two are our own."""
        parser.add_argument("--print-logins", action="store_true", help="只打印演示账号")
        parser.add_argument("--centres", type=int, metavar="个数", help="只建前几个中心")
        parser.add_argument("--matters", type=int, default=year.MATTERS, metavar="件数", help="全市共多少件")
        parser.add_argument(
            "--province", action="store_true", help="改为准备省级系统：一个省中心，没有历史数据"
        )
        parser.add_argument("--part", metavar="代码,代码", help="（内部）只做这几个中心")
        parser.add_argument("--until", metavar="时间", help="（内部）截至何时")

    def handle(self, *args: Any, **options: Any) -> None:
        """Registry, people, year, figures: each only where it is missing."""
        if options["print_logins"]:
            self._print_logins()
            return
        listed = [row for row in onboarding.listed_centres() if row["kind"] == Kind.CENTRE]
        codes = [row["code"] for row in listed][: options["centres"]]
        if options["part"]:
            gc.disable()  # a short life with millions of small objects: a tenth of the time went into looking
            part = options["part"].split(",")
            self._make(part, codes, options["matters"], datetime.fromisoformat(options["until"]))
            return
        began = time.monotonic()
        self._print_logins()
        ground.lay(self.stdout)
        if options["province"]:
            made = province.make()
            self.stdout.write(f"省级系统已就绪：新建{made}个单位，用时{time.monotonic() - began:.1f}秒")
            return
        self._open_the_office()
        empty = year.without_matters(codes)
        if empty:
            self._make_all(empty, codes, options["matters"])
        for code in set(codes) - set(empty):  # made by a release before this one, perhaps
            with in_centre(code), transaction.atomic():
                accounts.furnish(code)
        counted = figures.refresh_missing()
        office.make(clock.now())
        self.stdout.write(
            f"演示数据已就绪：{len(codes)}个中心，新做{len(empty)}个，汇总{counted}个，"
            f"用时{time.monotonic() - began:.1f}秒"
        )

    def _print_logins(self) -> None:
        for line in accounts.login_lines():
            self.stdout.write(line)

    def _open_the_office(self) -> None:
        """The municipal office and its accounts."""
        year.add_centres([row["code"] for row in onboarding.listed_centres() if row["kind"] == Kind.OFFICE])
        office = Centre.objects.get(kind=Kind.OFFICE)
        with in_centre(office.code), transaction.atomic():
            if not Staff.objects.exists():
                accounts.open_accounts(office.code, make_password(accounts.PASSWORD), office=True)

    def _make_all(self, empty: Sequence[str], codes: Sequence[str], matters: int) -> None:
        until = clock.now()
        if len(empty) < WORTH_DIVIDING:
            self._make(empty, codes, matters, until)
            return
        self._say("正在生成一年的反映件 …")
        command = [sys.executable, "-m", "django", "seed", "--matters", str(matters)]
        command += ["--centres", str(len(codes)), "--until", until.isoformat(), "--part"]
        groups = year.divide(empty, PARTS)
        parts = [subprocess.Popen([*command, ",".join(group)]) for group in groups]  # noqa: S603  # ourselves
        try:
            results = [part.wait() for part in parts]
        finally:
            for part in parts:
                part.terminate()
        if any(results):
            raise CommandError("演示数据没有做完；请再次执行 seed，从缺的中心继续。")

    def _make(self, group: Sequence[str], codes: Sequence[str], matters: int, until: datetime) -> None:
        year.add_centres(group)
        year.make(
            group,
            of=codes,
            matters=matters,
            until=until,
            hashed_password=make_password(accounts.PASSWORD),
            say=self._say,
        )

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
