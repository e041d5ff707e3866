"""What the coordinator decides about a referral: urge whoever holds it, designate a unit, redirect it.

The board is not changed by it, beyond saying that something was decided: the centre that is home carries it
out, and its own row follows. The coordinator's words are for the centres; the board keeps the code and time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from bancheng.centres.scope import current_centre
from bancheng.errors import Conflict, Invalid, NotFound
from bancheng.exchange.outbox import post
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.overview import board
from bancheng.overview.models import BoardCase
from bancheng.overview.units import Unit, units
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from bancheng.web import words

PERMISSION: Final = "board.arbitrate"
REDIRECTABLE: Final = ("sent", "signed", "asked", "recalling")
USUAL_WORDS: Final = "请抓紧办理，并反馈进展。"


@dataclass(frozen=True)
class Choice:
    """A decision that there is, and why it cannot be taken now ("" if it can)."""

    name: str
    label: str
    why_not: str


def choices(case: BoardCase) -> list[Choice]:
    """All three, in their order. Two queries at most."""
    return [Choice(name, label, why_not(case, name)) for name, label in board.DECISIONS.items()]


def why_not(case: BoardCase, name: str) -> str:
    """The sentence that says why this cannot be decided now, "" if it can."""
    return _GUARDS[name](case)


def open_units(case: BoardCase, name: str) -> list[Unit]:
    """Those that the case may be given to: redirected, to another; designated, to any, home itself too."""
    if name == "redirect":
        return [unit for unit in units() if unit.code not in (case.source, case.target)]
    return units()


def urge(*, case_id: UUID, actor: Actor, reason: str) -> BoardCase:
    """Urge whoever has the next move (催办), where that is not ours home, which is to see to it.

    Once a day. Raises NotAllowed, NotFound, Conflict.
    """
    with _deciding("urge", case_id, actor, reason) as case:
        _post(case, target=_urged(case), kind="referral.urged", body={"reason": reason or USUAL_WORDS})
    return case


def designate(*, case_id: UUID, actor: Actor, unit: str, reason: str) -> BoardCase:
    """Designate the unit that handles it (指定承办), after home asked for it; nobody may return it then.

    Once. Raises NotAllowed, NotFound, Conflict, and Invalid for a unit that there is not.
    """
    with _deciding("designate", case_id, actor, reason, unit) as case:
        _give(case, "referral.designated", unit, reason)
    return case


def redirect(*, case_id: UUID, actor: Actor, unit: str, reason: str) -> BoardCase:
    """Give a referral under way to another unit (改派); the one that had it is out of it.

    Once, and not while that one has itself referred it on. Raises as `designate`.
    """
    with _deciding("redirect", case_id, actor, reason, unit) as case:
        _give(case, "referral.redirect", unit, reason)
    return case


# --- Who may decide what when ------------------------------------------------------------------------


def _why_not_urge(case: BoardCase) -> str:
    if case.state not in board.UNDER_WAY:
        return "这件转办已经了结，不必催办。"
    if said := _being_redirected(case):
        return said
    if not _urged(case):
        return "现在由外系统的单位办理，请电话联系对方。"
    if case.decision == "urge" and case.decided_at and clock.local(case.decided_at).date() == clock.today():
        return f"今天{clock.local(case.decided_at):%H:%M}已经催办过，请明天再看。"
    return ""


def _why_not_designate(case: BoardCase) -> str:
    if case.state != "returned":
        return "退回两次、转出单位提请指定后才能指定承办单位。"
    if case.appealed_at is None:
        return "转出单位还没有提请指定。"
    if not board.Line(case).appealed:
        return _decided(case)
    return _why_not_home(case)


def _why_not_redirect(case: BoardCase) -> str:
    if case.state not in REDIRECTABLE:
        return "在途、尚未反馈的转办才能改派。"
    if said := _being_redirected(case) or _why_not_home(case):
        return said
    onward = BoardCase.objects.filter(parent=case.pk, state__in=board.UNDER_WAY).first()
    if onward is not None:
        return f"{case.target_name}已将此件再转{onward.target_name}，尚在办理，请先了结那一程。"
    return ""


_GUARDS: Final[dict[str, Callable[[BoardCase], str]]] = {
    "urge": _why_not_urge,
    "designate": _why_not_designate,
    "redirect": _why_not_redirect,
}


def _why_not_home(case: BoardCase) -> str:
    return "" if case.keeper == case.source else "转出单位属于外系统，由外系统的主管单位决定。"


def _being_redirected(case: BoardCase) -> str:
    heard = case.designated_at and case.decided_at and case.designated_at >= case.decided_at
    waits = case.decision == "redirect" and case.state in REDIRECTABLE and not heard
    return f"{_decided(case)}正在等待{case.source_name}执行。" if waits else ""


def _decided(case: BoardCase) -> str:
    at = words.minute(case.decided_at) if case.decided_at else ""
    return f"协调员已于{at}{board.DECISIONS.get(case.decision, '处理')}。"


def _urged(case: BoardCase) -> str:
    """The centre here that is to move, or is to see to it that the other does; "" if neither is here."""
    if case.state in board.WITH_TARGET and (case.way == "centre" or case.keeper == case.target):
        return case.target
    return case.source if case.keeper == case.source else ""


# --- The one shape of a decision ---------------------------------------------------------------------


@contextmanager
def _deciding(name: str, case_id: UUID, actor: Actor, reason: str, unit: str = "") -> Iterator[BoardCase]:
    """Lock the row, check, and on leaving write down what was decided; of two at once one is refused."""
    require(actor, PERMISSION)
    with transaction.atomic():
        try:
            case = BoardCase.objects.select_for_update().get(pk=case_id)
        except BoardCase.DoesNotExist:
            raise NotFound("台账上没有这件转办。") from None
        if said := why_not(case, name):
            raise Conflict(said, code="not_now")
        if unit and unit not in {each.code for each in open_units(case, name)}:
            raise Invalid({"unit": ["没有这个单位，请从列表中选择。"]})
        yield case
        case.decision, case.decided_at, case.decided_unit = name, clock.now(), unit
        case.save(update_fields=["decision", "decided_at", "decided_unit"])
        subject = ("overview.boardcase", str(case.pk))
        audit.record(
            actor=actor, act=f"board.{name}", subject=subject, reason=reason, number=case.number, unit=unit
        )


def _give(case: BoardCase, kind: str, unit: str, reason: str) -> None:
    _post(case, target=case.source, kind=kind, body={"unit": unit, "reason": reason}, unit=unit)


def _post(case: BoardCase, *, target: str, kind: str, body: dict[str, str], unit: str = "") -> None:
    post(
        case_id=case.pk,
        source=current_centre().code,
        target=target,
        kind=kind,
        header={
            "referral_id": str(case.pk),
            "number": case.number,
            "item": case.item,
            "unit": unit,
            "at": clock.now().isoformat(timespec="seconds"),
        },
        body=body,
    )
