"""`bancheng overview`: hold the city's figures against the centres' own records, or count them anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import find, in_centre
from bancheng.errors import Refused
from bancheng.overview import rollup
from tenants.workbook import reconcile, summary

SHOWN = 20


class Command(BaseCommand):
    """The door to the figures at the terminal."""

    help = "总览数据：与各中心记录重新核对，或全部重算"

    def add_arguments(self, parser: CommandParser) -> None:
        """Two subcommands."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="reconcile|rebuild")
        for name, words in (
            (
                "reconcile",
                "汇总到最新后，逐件重算各中心记录，与总览数据、转办台账、全市汇总比对；有差异时退出码为1",
            ),
            ("rebuild", "清空并重算总览数据和全市汇总，补写转办台账"),
        ):
            act = acts.add_parser(name, help=words)
            act.add_argument("--centre", metavar="CODE", help="只办这个中心；不写则办全部")

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each centre; for `reconcile` exit status 1 if any figure does not agree."""
        try:
            codes = [find(options["centre"]).code] if options["centre"] else _every_code()
        except Refused as error:
            raise CommandError(error.message) from error
        if options["act"] == "rebuild":
            self._rebuild(codes)
        else:
            self._reconcile(codes)

    def _rebuild(self, codes: list[str]) -> None:
        for code in codes:
            with in_centre(code, allow_suspended=True):
                self.stdout.write(f"{code} 已重算，共{summary.rebuild(code)}天")
        self.stdout.write(f"全市已汇总，共{rollup.roll_up_everything()}天")

    def _reconcile(self, codes: list[str]) -> None:
        found: list[reconcile.Difference] = []
        for code in codes:
            with in_centre(code, allow_suspended=True):
                found += self._told(code, reconcile.differences(code))
        found += self._told(reconcile.CITY, reconcile.city_differences())
        if found:
            raise CommandError(
                f"总览数据与{len(codes)}个中心的记录、全市汇总有{len(found)}处差异，第一处：{found[0]}"
            )
        self.stdout.write(f"{len(codes)}个中心的总览数据与记录一致，全市汇总一致，差异为0")

    def _told(self, whose: str, wrong: list[reconcile.Difference]) -> list[reconcile.Difference]:
        self.stdout.write(f"{whose} {f'有{len(wrong)}处差异' if wrong else '一致'}")
        for difference in wrong[:SHOWN]:
            self.stdout.write(self.style.ERROR(f"  {difference}"))
        return wrong


def _every_code() -> list[str]:
    return list(Centre.objects.filter(kind=Kind.CENTRE).values_list("code", flat=True))
