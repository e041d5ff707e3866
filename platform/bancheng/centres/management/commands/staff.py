"""`bancheng staff`: open, list, change and close the accounts of one centre, or of the municipal office."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.catalogue.departments import DEPARTMENTS
from bancheng.centres.scope import in_centre
from bancheng.errors import Invalid, Refused
from bancheng.identity import actions
from bancheng.identity.actors import Actor
from bancheng.identity.logins import normalise
from bancheng.identity.models import Department, Staff
from bancheng.identity.roles import STAFF_ROLE_CHOICES


class Command(BaseCommand):
    """Keep the accounts of a centre."""

    help = "工作人员账号：开设、查看、调整角色、重置密码、停用"

    def add_arguments(self, parser: CommandParser) -> None:
        """Five subcommands, each for one centre."""
        acts = parser.add_subparsers(dest="act", required=True)
        listing = acts.add_parser("list", help="列出全部账号")
        add = acts.add_parser("add", help="开设账号，并打印一次性初始密码")
        roles = acts.add_parser("roles", help="重新指定角色（和部门）")
        reset = acts.add_parser("reset-password", help="重置密码并解锁，打印一次性初始密码")
        deactivate = acts.add_parser("deactivate", help="停用账号，其会话和令牌立即失效")
        for each in (listing, add, roles, reset, deactivate):
            each.add_argument("--centre", required=True, metavar="代码", help="中心代码，如 130722")
        for each in (add, roles, reset, deactivate):
            each.add_argument("--username", required=True, metavar="用户名")
        for each in (add, roles):
            each.add_argument(
                "--role",
                required=True,
                action="append",
                choices=dict(STAFF_ROLE_CHOICES),
                help="可重复",
            )
            each.add_argument(
                "--department", metavar="代码", help="部门代码，如 SB；部门经办、部门负责人必填"
            )
        add.add_argument("--name", required=True, metavar="姓名")
        add.add_argument("--extension", default="", metavar="分机")
        deactivate.add_argument("--reason", required=True, metavar="原因")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the one that was asked for, inside the centre."""
        run = getattr(self, f"_{options['act'].replace('-', '_')}")
        try:
            with in_centre(options["centre"]) as centre:
                run(Actor.terminal(centre.code), options)
        except Invalid as invalid:
            raise CommandError("\n".join(s for each in invalid.errors.values() for s in each)) from invalid
        except Refused as refused:
            raise CommandError(refused.message) from refused

    def _list(self, actor: Actor, options: dict[str, Any]) -> None:
        people = list(Staff.objects.select_related("department"))
        for person in people:
            place = f" {person.department}" if person.department else ""
            note = "" if person.is_active else "（已停用）"
            self.stdout.write(f"{person.username} {person.name} {person.role_names}{place}{note}")
        self.stdout.write(f"共 {len(people)} 个账号")

    def _add(self, actor: Actor, options: dict[str, Any]) -> None:
        _open_department(actor, options["department"])
        password = actions.new_password()
        person = actions.create_staff(
            actor=actor,
            username=options["username"],
            name=options["name"],
            roles=options["role"],
            department=options["department"] or "",
            extension=options["extension"],
            password=password,
        )
        self.stdout.write(f"已开设账号 {person.username}（{person.name}，{person.role_names}）")
        self._hand_over(password)

    def _roles(self, actor: Actor, options: dict[str, Any]) -> None:
        _open_department(actor, options["department"])
        person = actions.set_roles(
            actor=actor,
            staff=_find(options),
            roles=options["role"],
            department=options["department"],
        )
        self.stdout.write(f"{person.username} 现任角色：{person.role_names}")

    def _reset_password(self, actor: Actor, options: dict[str, Any]) -> None:
        password = actions.reset_password(actor=actor, staff=_find(options))
        self.stdout.write(f"已重置 {normalise(options['username'])} 的密码")
        self._hand_over(password)

    def _deactivate(self, actor: Actor, options: dict[str, Any]) -> None:
        person = actions.deactivate(actor=actor, staff=_find(options), reason=options["reason"])
        self.stdout.write(f"已停用 {person.username}（{person.name}）")

    def _hand_over(self, password: str) -> None:
        self.stdout.write(f"初始密码（只显示这一次，首次登录必须修改）：{password}")


def _find(options: dict[str, Any]) -> Staff:
    username = normalise(options["username"])
    person: Staff | None = Staff.objects.filter(username=username).first()
    if person is None:
        raise CommandError(f"该中心没有账号“{username}”，可用 staff list 查看全部账号。")
    return person


def _open_department(actor: Actor, code: str | None) -> None:
    """A department of the city's list opens here with its first person."""
    entry = DEPARTMENTS.get(code or "")
    if entry and not Department.objects.filter(code=entry.code, active=True).exists():
        actions.add_department(actor=actor, code=entry.code, name=entry.short)
