"""The course of one referral on the board, told by headers, and what was before and after it in the chain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from bancheng.catalogue.words import Outcome
from bancheng.errors import NotFound
from bancheng.exchange.models import Inbox, Message
from bancheng.overview import board
from bancheng.overview.models import BoardCase

LONGEST_CHAIN: Final = 5


@dataclass(frozen=True)
class Entry:
    """One thing that happened: what, who told whom, and what its header says of it."""

    at: datetime
    what: str
    who: str
    text: str
    icon: str
    tone: str


KINDS: Final[dict[str, tuple[str, str, str]]] = {
    "referral.sent": ("送出", "send", "teal"),
    "referral.file": ("传送附件", "paperclip", "grey"),
    "referral.signed": ("签收", "check", "blue"),
    "referral.material_asked": ("要求补正", "file-text", "amber"),
    "referral.material_given": ("补正材料", "files", "blue"),
    "referral.progress": ("反馈进展", "message-2", "blue"),
    "referral.answered": ("办结反馈", "message-2", "teal"),
    "referral.confirmed": ("确认反馈", "circle-check", "green"),
    "referral.returned": ("退回", "arrow-back-up", "red"),
    "referral.recall": ("要求撤回", "arrow-back-up", "amber"),
    "referral.recalled": ("同意撤回", "arrow-back-up", "grey"),
    "referral.chased": ("催办", "bell", "amber"),
    "referral.escalated": ("提请协调", "flag", "red"),
    "referral.consent_withdrawn": ("告知同意已撤回", "notebook", "amber"),
    "referral.redirected": ("告知已改派", "route", "amber"),
    "referral.designated": ("指定承办", "gavel", "blue"),
    "referral.redirect": ("改派", "route", "blue"),
    "referral.urged": ("协调员催办", "bell", "amber"),
}
"""What each kind of envelope is called, its icon and tone."""

# What the row itself tells where no envelope did: of letters, and of what only one side wrote down.
_MOMENTS: Final = (
    ("sent_at", "referral.sent"),
    ("signed_at", "referral.signed"),
    ("answered_at", "referral.answered"),
    ("escalated_at", "referral.escalated"),
)
_TERMS: Final = {"referral.sent": "签收期限", "referral.material_asked": "补正期限"}
_BY_LETTER: Final = {"referral.recalled": "撤回函件", "referral.redirected": "改派"}
_ENDS: Final = {
    "confirmed": "referral.confirmed",
    "returned": "referral.returned",
    "recalled": "referral.recalled",
    "redirected": "referral.redirected",
}


def case_for(case_id: UUID) -> BoardCase:
    """The referral's row. Raises NotFound."""
    try:
        return BoardCase.objects.get(pk=case_id)
    except BoardCase.DoesNotExist:
        raise NotFound("台账上没有这件转办，请从台账重新进入。") from None


def entries(case: BoardCase, names: dict[str, str]) -> list[Entry]:
    """Everything that happened, newest first; `names` are those of the units by their codes. Two queries."""
    names = names | {case.source: case.source_name, case.target: case.target_name}
    told = list(_told(case))
    found = [_entry(group, names) for group in _runs(told)]
    found += _untold(case, {message.kind for message in told})
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def chain(case: BoardCase) -> list[BoardCase]:
    """The whole way from the first home to the last unit, this referral among them, in order."""
    found = {case.pk: case}
    parent = case.parent
    while parent is not None and parent not in found and len(found) < LONGEST_CHAIN:
        before = BoardCase.objects.filter(pk=parent).first()
        if before is None:
            break
        found[before.pk], parent = before, before.parent
    below = [case.pk]
    while below and len(found) < 2 * LONGEST_CHAIN:
        after = BoardCase.objects.filter(parent__in=below).exclude(pk__in=found)
        below = [row.pk for row in after]
        found |= {row.pk: row for row in after}
    return sorted(found.values(), key=lambda row: (row.sent_at, row.pk))


def others(case: BoardCase) -> list[BoardCase]:
    """The other referrals of the same matter, oldest first: where it was before, and where it went since."""
    if not case.matter:
        return []
    same = BoardCase.objects.filter(source=case.source, matter=case.matter).exclude(pk=case.pk)
    return list(same.order_by("sent_at", "pk"))


def _told(case: BoardCase) -> Iterator[Message | Inbox]:
    """The envelopes of the case in the order they were written; what came from afar has only arrived here."""
    sent = list(Message.objects.filter(case_id=case.pk).defer("body", "receipt"))
    known = {message.id for message in sent}
    came = Inbox.objects.filter(case_id=case.pk).exclude(message_id__in=known).defer("body")
    rows: list[Message | Inbox] = [*sent, *came]
    yield from sorted(rows, key=lambda row: (row.created_at, row.source, row.seq))


def _runs(told: Iterable[Message | Inbox]) -> Iterator[list[Message | Inbox]]:
    """Each envelope by itself, files that one side sent in a row together."""
    for (kind, _), group in groupby(told, key=lambda row: (row.kind, row.source)):
        rows = list(group)
        if kind == "referral.file":
            yield rows
        else:
            yield from ([row] for row in rows)


def _entry(rows: list[Message | Inbox], names: dict[str, str]) -> Entry:
    row = rows[-1]
    what, icon, tone = KINDS.get(row.kind, (row.kind, "mail", "grey"))
    source, target = (names.get(code, code) for code in (row.source, row.target))
    says = [f"{len(rows)}份"] if row.kind == "referral.file" else list(_said(row, names))
    says += _on_the_way(rows)
    return Entry(row.created_at, what, f"{source} → {target}", "，".join(says), icon, tone)


def _said(row: Message | Inbox, names: dict[str, str]) -> Iterator[str]:
    """What the header tells, in words."""
    header = row.header
    if unit := str(header.get("unit", "")):
        yield names.get(unit, unit)
    if ground := str(header.get("ground", "")):
        yield board.GROUNDS.get(ground, ground)
    if suggested := str(header.get("suggested", "")):
        yield f"建议由{names.get(suggested, suggested)}承办"
    if (outcome := header.get("outcome", "")) in Outcome.values:
        yield str(Outcome(outcome).label)
    if due_on := str(header.get("due_on", "")):
        yield f"{_TERMS.get(row.kind, '期限')}{due_on}"


def _on_the_way(rows: list[Message | Inbox]) -> list[str]:
    states = {row.state for row in rows}
    if states & {Message.State.DEAD, Inbox.State.DEAD}:
        return ["已停办，待平台管理员重新投递"]
    if states & {Message.State.PENDING, Inbox.State.HELD}:
        return ["传送中，对方尚未收到"]
    return []


def _untold(case: BoardCase, told: set[str]) -> Iterator[Entry]:
    moments = [(getattr(case, field), kind) for field, kind in _MOMENTS]
    moments.append((case.ended_at, _ENDS.get(case.state, "")))
    for at, kind in moments:
        if at is not None and kind and kind not in told:
            what, icon, tone = KINDS[kind]
            who = case.source_name if kind in ("referral.sent", "referral.escalated") else _ender(case, kind)
            yield Entry(at, _BY_LETTER.get(kind, what), who, "", icon, tone)
    if case.appealed_at:
        yield Entry(
            case.appealed_at, "提请指定", f"{case.source_name} → {board.COORDINATOR}", "", "flag", "red"
        )


def _ender(case: BoardCase, kind: str) -> str:
    by_home = kind in ("referral.confirmed", "referral.recalled", "referral.redirected")
    return case.source_name if by_home else case.target_name
