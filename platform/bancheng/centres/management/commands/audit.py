"""`bancheng audit`: verify the audit trails, against themselves and against the heads kept in public."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.centres import anchors
from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import find, in_centre
from bancheng.errors import Refused
from bancheng.privacy import audit


class Command(BaseCommand):
    """The auditor's door at the terminal."""

    help = "审计：校验审计记录是否完整、未被改动"

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="verify")
        verify = acts.add_parser("verify", help="逐条校验，并与库外留存的链首比对")
        verify.add_argument("--centre", metavar="CODE", help="只校验这个中心；不写则校验全部")

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each centre; exit status 1 if any trail does not hold."""
        try:
            codes = [find(options["centre"]).code] if options["centre"] else _every_code()
        except Refused as error:
            raise CommandError(error.message) from error
        broken = [code for code in codes if not self._verify(code)]
        if broken:
            raise CommandError(f"审计记录不完整：{'、'.join(broken)}")

    def _verify(self, code: str) -> bool:
        with in_centre(code, allow_suspended=True):
            wrong = audit.verify()
            seq, _ = audit.head()
            anchored = None if wrong else anchors.lost(code)
        if wrong:
            self.stdout.write(self.style.ERROR(f"{code} {wrong.why}"))
        elif anchored:
            self.stdout.write(self.style.ERROR(f"{code} 与库外留存的第{anchored.seq}条校验值不符"))
        else:
            self.stdout.write(f"{code} 完整，共{seq}条")
        return not (wrong or anchored)


def _every_code() -> list[str]:
    return list(Centre.objects.exclude(kind=Kind.PUBLIC).values_list("code", flat=True))
