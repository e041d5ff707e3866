"""`bancheng peer`: other deployments, whose keys are exchanged by hand, and the change of our own key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.errors import Invalid, Refused
from bancheng.exchange import own_keys, peers, remote
from bancheng.exchange.errors import ExchangeError
from bancheng.exchange.models import OwnKey, Peer, PeerKey
from bancheng.exchange.signing import PrivateKey, PublicKey
from bancheng.timekeeping import clock

OVERLAP_DAYS = 30
"""House rule: two keys of a peer may stand side by side so long before `list` reminds of the old one."""


class Command(BaseCommand):
    """The operator's door to the registry of peers. No private key is ever printed."""

    help = "外系统互联：登记、密钥交换与更换、连通测试、停用"

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, title="操作", metavar="操作")
        acts.add_parser("key", help="显示本系统的公钥和指纹，交给对方登记；没有密钥时先生成")
        add = acts.add_parser("add", help="登记一个外系统；公钥和指纹由对方当面或电话提供")
        add.add_argument("code", metavar="代码", help="本系统对它的称呼，如 hebei")
        add.add_argument("--name", required=True, help="名称，如 河北省社会保险信息系统")
        add.add_argument("--url", required=True, help="对方网址，如 https://exchange.example.gov.cn")
        _add_key_arguments(add)
        _add_unit_argument(add)
        add.add_argument("--ca-file", default="", help="对方证书的签发证书文件（PEM），自建证书时用")
        units = acts.add_parser("units", help="为已登记的外系统增加受理单位")
        units.add_argument("code", metavar="代码")
        _add_unit_argument(units)
        trust = acts.add_parser("trust", help="登记对方的第二把公钥（对方更换密钥时）")
        trust.add_argument("code", metavar="代码")
        _add_key_arguments(trust)
        distrust = acts.add_parser("distrust", help="停用对方的一把公钥")
        distrust.add_argument("code", metavar="代码")
        distrust.add_argument("key_id", metavar="密钥编号")
        rotate = acts.add_parser("rotate", help="更换本系统的密钥：先生成新的交给各方，再用 --finish 启用")
        rotate.add_argument("--finish", action="store_true", help="各方都已登记新密钥后，改用新密钥签名")
        rotate.add_argument("--force", action="store_true", help="有联系不上的外系统也照样启用")
        acts.add_parser("list", help="列出外系统、受理单位、密钥和往来情况")
        for act, words in (
            ("test", "联系对方：能否连通、密钥是否互认、时钟相差多少"),
            ("suspend", "停用：不收不发，消息留存"),
            ("resume", "恢复往来"),
            ("refusals", "列出拒收对方消息的原因；不写代码时列出全部"),
        ):
            one = acts.add_parser(act, help=words)
            one.add_argument("code", metavar="代码", nargs="?" if act == "refusals" else None)

    def handle(self, *, act: str, **options: Any) -> None:
        """Run the one that was asked for; a refusal is one sentence and exit status 1."""
        try:
            getattr(self, f"_{act}")(**options)
        except Invalid as error:
            raise CommandError("；".join(s for all_ in error.errors.values() for s in all_)) from None
        except Refused as error:
            raise CommandError(error.message) from None
        except ExchangeError as error:
            raise CommandError(str(error)) from None

    def _key(self, **_: Any) -> None:
        self._show_key("本系统的公钥", own_keys.ensure())
        for row, public in own_keys.listed():
            if row.state == OwnKey.State.NEXT:
                self._show_key("待启用的新公钥", public)

    def _add(self, *, key: str, fingerprint: str, unit: list[str], **options: Any) -> None:
        _must_compare(key, fingerprint)
        own_keys.ensure()
        words = {name: options[name] for name in ("code", "name", "url", "ca_file")}
        peer = peers.add(key=key, fingerprint=fingerprint, units=_units(unit), **words)
        self._say(
            f"已登记{peer.name}（{peer.code}）。对方也登记本系统后，用 bancheng peer test {peer.code} 验证。"
        )

    def _units(self, *, code: str, unit: list[str], **_: Any) -> None:
        peers.add_units(code=code, units=_units(unit))
        self._say("已增加。")

    def _trust(self, *, code: str, key: str, fingerprint: str, **_: Any) -> None:
        _must_compare(key, fingerprint)
        trusted = peers.trust(code=code, key=key, fingerprint=fingerprint)
        self._say(f"已登记密钥{trusted.key_id}，与原密钥并存。对方改用新密钥后，请停用旧密钥。")

    def _distrust(self, *, code: str, key_id: str, **_: Any) -> None:
        peers.distrust(code=code, key_id=key_id)
        self._say(f"已停用密钥{key_id}。")

    def _rotate(self, *, finish: bool, force: bool, **_: Any) -> None:
        if not finish:
            self._show_key("新公钥", own_keys.begin_change())
            self._say("请交给各外系统登记（peer trust）；都登记后，运行 bancheng peer rotate --finish。")
            return
        key = own_keys.upcoming()
        behind = [peer.code for peer in Peer.objects.filter(suspended_at=None) if not self._knows(peer, key)]
        if behind and not force:
            raise CommandError(f"{'、'.join(behind)}还不认新密钥或联系不上，没有启用；确要启用请加 --force。")
        public = own_keys.finish_change()
        self._say(f"已改用密钥{public.key_id}签名，旧密钥已销毁。请通知各方停用旧公钥（peer distrust）。")

    def _list(self, **_: Any) -> None:
        found = Peer.objects.prefetch_related("units", "keys")
        for peer in found:
            self._say(f"{peer.code}  {peer.name}  {peer.url}  {_standing(peer)}")
            self._say(f"    单位：{'、'.join(f'{unit.code}{unit.name}' for unit in peer.units.all())}")
            for row in peer.keys.all():
                if row.retired_at is None:
                    self._say(f"    密钥：{row.key_id}  指纹 {PublicKey.parse(row.public_key).fingerprint}")
            if reminder := _overlap(peer):
                self._say(f"    {reminder}")
            if peer.last_error:
                self._say(f"    问题：{peer.last_error}")
        if not found:
            self._say("还没有登记外系统。")

    def _test(self, *, code: str, **_: Any) -> None:
        peer = peers.find(code)
        reply = remote.ping(peer)
        self._say(f"已联系上{peer.name}，往返{reply.seconds * 1000:.0f}毫秒；对方以密钥{reply.key_id}签名。")
        self._say(f"对方以“{str(reply.content.get('peer', ''))[:20]}”称呼本系统。{_clocks(reply.skew)}")
        if any(row.state == OwnKey.State.NEXT for row, public in own_keys.listed()):
            known = self._knows(peer, own_keys.upcoming())
            self._say("对方已登记本系统的新密钥。" if known else "对方还没有登记本系统的新密钥。")

    def _suspend(self, *, code: str, **_: Any) -> None:
        self._say(f"已停用与{peers.suspend(code=code).name}的往来。")

    def _resume(self, *, code: str, **_: Any) -> None:
        self._say(f"已恢复与{peers.resume(code=code).name}的往来。")

    def _refusals(self, *, code: str | None, **_: Any) -> None:
        rows = peers.refusals(peers.find(code).code if code else None)[:200]
        for row in rows:
            whose = row.peer or "未知来源"
            self._say(
                f"{clock.local(row.at):%Y-%m-%d %H:%M}  {whose}  {row.code} {row.count}次：{row.detail}"
            )
        if not rows:
            self._say("没有拒收过消息。")

    def _knows(self, peer: Peer, key: PrivateKey) -> bool:
        """Whether the peer answers to this key of ours; says why not."""
        try:
            remote.ping(peer, key=key)
        except ExchangeError as error:
            self._say(f"{peer.code}：{error}")
            return False
        return True

    def _show_key(self, title: str, public: PublicKey) -> None:
        self._say(f"{title}：{public}\n指纹：{public.fingerprint}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)


def _add_key_arguments(parser: CommandParser) -> None:
    parser.add_argument("--key", required=True, help="对方的公钥，形如 ed25519:……")
    parser.add_argument("--fingerprint", default="", help="对方当面或电话读出的指纹")


def _add_unit_argument(parser: CommandParser) -> None:
    parser.add_argument(
        "--unit", action="append", required=True, metavar="代码=名称", help="对方受理的单位，可多次填写"
    )


def _units(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if any(not equals for _, equals, _ in pairs):
        raise CommandError("--unit 应形如 130000=河北省社会保险中心。")
    return {code.strip(): name.strip() for code, _, name in pairs}


def _must_compare(key: str, fingerprint: str) -> None:
    """Without the fingerprint that was read out nothing is trusted; what the key's own is may be shown."""
    if fingerprint:
        return
    try:
        shown = PublicKey.parse(key).fingerprint
    except ValueError:
        raise CommandError("公钥有误，应形如 ed25519:……，请整段复制。") from None
    raise CommandError(f"这把公钥的指纹是 {shown}\n与对方核对无误后，加上 --fingerprint 再运行一次。")


def _standing(peer: Peer) -> str:
    if peer.suspended_at is not None:
        return f"已停用（{clock.local(peer.suspended_at):%Y-%m-%d}）"
    if peer.last_seen_at is None:
        return "还没有联系上过"
    skew = "" if peer.skew is None else f"，{_clocks(peer.skew)}"
    return f"最近联系上 {clock.local(peer.last_seen_at):%Y-%m-%d %H:%M}{skew}".rstrip("。")


def _clocks(skew: int) -> str:
    if skew == 0:
        return "两边时钟一致。"
    return f"对方时钟{'快' if skew > 0 else '慢'}{abs(skew)}秒。"


def _overlap(peer: Peer) -> str:
    trusted: list[PeerKey] = [row for row in peer.keys.all() if row.retired_at is None]
    if len(trusted) < peers.KEYS_AT_MOST:
        return ""
    days = (clock.now() - trusted[-1].trusted_at).days
    return f"两把密钥并存已{days}天，请停用旧密钥{trusted[0].key_id}。" if days > OVERLAP_DAYS else ""
