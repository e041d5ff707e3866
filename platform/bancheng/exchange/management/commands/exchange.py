"""`bancheng exchange`: how messages between centres are doing, which were given up, and how to go on."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bancheng.errors import Refused
from bancheng.exchange import dispatch, peers, purging, repair, resync, selectors
from bancheng.exchange.errors import ExchangeError
from bancheng.exchange.models import Inbox, Message
from bancheng.identity.actors import Actor


class Command(BaseCommand):
    help = "机构间消息：状态、停办清单、重新投递"

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, title="操作", metavar="操作")
        acts.add_parser("status", help="显示待送达、在途、候序、停办的数量和积压时间")
        acts.add_parser("dead", help="列出停办的消息及原因（不含内容）")
        replay = acts.add_parser("replay", help="把一条停办的消息放回去重新投递")
        replay.add_argument("message_id", type=UUID, help="消息编号，见 dead 的第一列")
        acts.add_parser("deliver", help="不经任务队列，当场投递所有到期的消息")

        purge = acts.add_parser("purge", help="删除早已办完的往来的消息头（正文在送达时已删除）")
        purge.add_argument(
            "--days", type=int, default=purging.KEPT_DAYS, metavar="天数", help="保留天数，默认 %(default)s"
        )
        resync = acts.add_parser("resync", help="一方从备份恢复后，与外系统核对序号，补送对方缺少的消息")
        resync.add_argument("--peer", required=True, metavar="代码", help="外系统代码，见 bancheng peer list")

    def handle(self, *, act: str, **options: Any) -> None:
        getattr(self, f"_{act}")(**options)

    def _status(self, **_: Any) -> None:
        now = selectors.status()
        print(f"待送达 {now.pending} 条，其中在途 {now.in_flight} 条；最久已等 {now.lag:.0f} 秒")
        print(f"候序 {now.held} 条，停办 {now.dead} 条，受阻的往来 {now.blocked} 条")
        for row in selectors.counterparts():
            print(
                f"    {row.target}  待送达 {row.pending}，在途 {row.in_flight}，候序 {row.held}，"
                f"停办 {row.dead}；最久已等 {row.lag:.0f} 秒"
            )
        print(f"每条已送达消息平均投递 {selectors.leases_per_delivery():.2f} 次")

    def _dead(self, **_: Any) -> None:
        rows: list[Message | Inbox] = [*selectors.dead_messages(), *selectors.dead_arrivals()]
        for row in rows:
            where = "发出" if isinstance(row, Message) else "收到"
            print(f"{row.message_id}  {row.source}→{row.target}  {row.kind} 第{row.seq}条({where})")
            print(f"    失败 {row.failures} 次：{row.last_error}")
        if not rows:
            print("没有停办的消息。")

    def _replay(self, *, message_id: UUID, **_: Any) -> None:
        try:
            repair.replay(message_id, actor=Actor.system("管理员命令", ""))
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        print("已放回，将按原来的顺序重新投递。")

    def _resync(self, *, peer: str, **_: Any) -> None:
        try:
            mended = resync.run(peers.find(peer))
        except (Refused, ExchangeError) as error:
            raise CommandError(str(error)) from None
        print(f"对方已收而本系统不记得的序号 {mended.numbers} 个，本系统改编序号 {mended.renumbered} 条。")
        print(f"对方缺少、重新补送的消息 {mended.again} 条，无法重做的 {len(mended.lost)} 条。")
        for case_id, kind in mended.lost:
            print(f"    {case_id}  {kind}  请与对方人工核对")
        print("请在对方系统也运行一次 bancheng exchange resync。")

    def _purge(self, *, days: int, **_: Any) -> None:
        if days < 0:
            raise CommandError("保留天数不能是负数。")
        print(f"已删除 {purging.purge(kept_days=days)} 条。")

    def _deliver(self, **_: Any) -> None:
        print(f"已送达 {dispatch.run_due()} 条。")
