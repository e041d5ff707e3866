"""`bancheng centre`: take centres into service, list, rename, suspend and resume them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.centres import onboarding
from bancheng.centres.models import Centre, Division, Host, Kind
from bancheng.errors import Invalid, Refused


class Command(BaseCommand):
    """The operator's door to the registry."""

    help = "中心管理：新建、列出、改名、停用、恢复"

    def add_arguments(self, parser: CommandParser) -> None:
        """Five subcommands."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="add|list|rename|suspend|resume")
        add = acts.add_parser("add", help="新建中心（登记、网址、数据库模式一次完成）")
        add.add_argument(
            "code", nargs="?", metavar="CODE", help="GB/T 2260 六位代码；市级总览为代码加“-office”"
        )
        add.add_argument("--listed", action="store_true", help="新建内置名单中尚未登记的所有中心")
        add.add_argument("--slug", help="网址名，如 zhangbei")
        add.add_argument("--name", help="全称，如 张北县社会保险服务中心")
        add.add_argument("--short-name", default="", help="简称，如 张北县")
        add.add_argument("--abbreviation", default="", help="文号用字，如 张北")
        add.add_argument("--division", default="", choices=["", *Division.values], help="区划级别")
        acts.add_parser("list", help="列出所有中心")
        rename = acts.add_parser("rename", help="改名或换网址；代码和数据库模式不变，旧网址仍可用")
        rename.add_argument("code", metavar="CODE")
        rename.add_argument("--name", required=True, help="新的全称")
        rename.add_argument("--short-name", default="", help="新的简称")
        rename.add_argument("--abbreviation", default="", help="新的文号用字")
        rename.add_argument("--slug", default="", help="新的网址名")
        for act, words in (("suspend", "停用：页面和任务都不再进入，数据保留"), ("resume", "恢复使用")):
            acts.add_parser(act, help=words).add_argument("code", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the one that was asked for; a refusal is one sentence and exit status 1."""
        try:
            getattr(self, f"_{options['act']}")(options)
        except Invalid as error:
            raise CommandError(
                "没有办成：" + "；".join(s for all_ in error.errors.values() for s in all_)
            ) from error
        except Refused as error:
            raise CommandError(f"没有办成：{error.message}") from error

    def _add(self, options: dict[str, Any]) -> None:
        if options["listed"]:
            for centre in onboarding.load_centres():
                self._say_added(centre)
            return
        missing = [
            f"--{name}" if name != "code" else "CODE"
            for name in ("code", "slug", "name")
            if not options[name]
        ]
        if missing:
            raise CommandError(f"还缺 {'、'.join(missing)}")
        self._say_added(
            onboarding.add_centre(
                code=options["code"],
                slug=options["slug"],
                name=options["name"],
                short_name=options["short_name"],
                abbreviation=options["abbreviation"],
                division_kind=options["division"],
                kind=Kind.OFFICE if options["code"].endswith("-office") else Kind.CENTRE,
            )
        )

    def _list(self, options: dict[str, Any]) -> None:
        hosts = dict(Host.objects.filter(is_primary=True).values_list("tenant_id", "domain"))
        for centre in Centre.objects.exclude(kind=Kind.PUBLIC):
            state = f"已停用({centre.suspended_at:%Y-%m-%d})" if centre.suspended_at else "在用"
            self.stdout.write(
                "\t".join([centre.code, centre.schema_name, hosts.get(centre.pk, ""), state, centre.name])
            )

    def _rename(self, options: dict[str, Any]) -> None:
        words = {name: options[name] for name in ("code", "name", "short_name", "abbreviation", "slug")}
        centre = onboarding.rename(**words)
        self.stdout.write(f"{centre.code} 现名 {centre.name}，网址 {onboarding.host_name(centre.slug)}")

    def _suspend(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{onboarding.suspend(code=options['code']).name}已停用")

    def _resume(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{onboarding.resume(code=options['code']).name}已恢复使用")

    def _say_added(self, centre: Centre) -> None:
        host = onboarding.host_name(centre.slug)
        self.stdout.write(f"已新建 {centre.code} {centre.name}，网址 {host}，数据库模式 {centre.schema_name}")
