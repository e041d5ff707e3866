"""`bancheng keys`: make keys, see which are needed, seal stored values under the newest one."""

from contextlib import AbstractContextManager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import find, in_centre, in_public
from bancheng.errors import Refused
from bancheng.privacy import keys, rotation
from bancheng.privacy.fields import Undecipherable
from bancheng.tenancy import PUBLIC


class Command(BaseCommand):
    """The keeper's door to the keys of field encryption. No key is ever printed but a new one."""

    help = "密钥：生成新密钥、检查在用密钥、换用新密钥"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Three subcommands."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="new|check|rotate")
        acts.add_parser("new", help="生成一把新密钥（不保存，只显示一次）")
        for act, words in (
            ("check", "检查配置，统计各中心数据所用的密钥"),
            ("rotate", "把数据改用最新密钥加密"),
        ):
            acts.add_parser(act, help=words).add_argument("--centre", metavar="CODE", help="只处理这个中心")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the one that was asked for; what is wrong is one sentence and exit status 1."""
        if options["act"] == "new":
            self.stdout.write(keys.new_key())
            return
        try:
            known = {key.id for key in keys.field_keys()}
            keys.index_secret()
            codes = [find(options["centre"]).code] if options["centre"] else _every_code()
        except ImproperlyConfigured as error:
            raise CommandError(f"密钥配置有误：{error}") from error
        except Refused as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"已配置{len(known)}把密钥，当前使用{keys.field_keys()[0].id.hex()}")
        getattr(self, f"_{options['act']}")(codes, known)

    def _check(self, codes: list[str], known: set[bytes]) -> None:
        missing: set[str] = set()
        for code in codes:
            with _serving(code):
                used = rotation.usage().all
            told = "、".join(f"{key_id.hex()} {count}项" for key_id, count in sorted(used.items()))
            self.stdout.write(f"{code} {told or '没有加密数据'}")
            missing |= {key_id.hex() for key_id in used if key_id not in known}
        if missing:
            raise CommandError(f"缺少密钥{'、'.join(sorted(missing))}，用它加密的数据无法读取，请补回配置。")

    def _rotate(self, codes: list[str], known: set[bytes]) -> None:
        newest = keys.field_keys()[0].id
        kept: set[str] = set()
        for code in codes:
            with _serving(code):
                try:
                    changed = rotation.rotate()
                except Undecipherable as error:
                    raise CommandError(f"{code}有数据无法解密，已停在这里：{error}") from error
                kept |= {key_id.hex() for key_id in rotation.usage().append_only if key_id != newest}
            self.stdout.write(f"{code} 已改用新密钥{changed}行")
        if kept:
            self.stdout.write(f"只增不改的记录仍需旧密钥{'、'.join(sorted(kept))}，请继续保留在配置中。")


def _every_code() -> list[str]:
    """All that hold sealed values: public has the deployment's own signing keys."""
    return [PUBLIC, *Centre.objects.exclude(kind=Kind.PUBLIC).values_list("code", flat=True)]


def _serving(code: str) -> AbstractContextManager[object]:
    return in_public() if code == PUBLIC else in_centre(code, allow_suspended=True)
