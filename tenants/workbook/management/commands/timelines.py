"""`bancheng timelines verify`: the timelines of all matters against their hash chains."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.centres.scope import every_centre, find, in_centre
from bancheng.errors import Refused
from tenants.matters.chain import broken_timelines


class Command(BaseCommand):
    """The auditor's door to the timelines; `bancheng audit verify` is the one to the audit trail."""

    help = "办理记录：校验每件反映件的办理经过是否完整、未被改动"

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="verify")
        verify = acts.add_parser("verify", help="逐件校验")
        verify.add_argument("--centre", metavar="CODE", help="只校验这个中心；不写则校验全部")

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each centre and each broken timeline; exit status 1 if there is one."""
        try:
            codes = [find(options["centre"]).code] if options["centre"] else list(every_centre())
        except Refused as error:
            raise CommandError(error.message) from error
        if sum(self._verify(code) for code in codes):
            raise CommandError("有办理记录不完整，见上。")

    def _verify(self, code: str) -> int:
        with in_centre(code):
            broken = list(broken_timelines())
        for matter, wrong in broken:
            self.stdout.write(
                self.style.ERROR(f"{code} {matter.machine_number} 第{wrong.seq}条：{wrong.why}")
            )
        if not broken:
            self.stdout.write(f"{code} 完整")
        return len(broken)
