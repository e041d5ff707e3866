"""The bodies of what we posted, made again from our rows, for a deployment that was restored from a backup.

What is said in free words and kept nowhere but on the timeline (a chase, a word of progress) is not made
again: the line moves on without it.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from bancheng.exchange.models import Message
from bancheng.exchange.resync import remaker
from tenants.matters.models import Matter
from tenants.referrals import cargo, envelopes
from tenants.referrals.models import CarriedFile, MaterialAsk, Referral

LEGS: Final = {
    "referral.sent": CarriedFile.With.SENT,
    "referral.material_given": CarriedFile.With.MATERIAL,
    "referral.answered": CarriedFile.With.ANSWER,
}
"""The messages with a manifest, each followed by its files."""

Body = dict[str, Any]


def _of_a_referral(kind: str) -> Callable[[Callable[[Referral, Message], Body]], object]:
    """Register a body that is a function of the referral; None where rows or contents are gone."""

    def register(function: Callable[[Referral, Message], Body]) -> object:
        @remaker(kind)
        def make(message: Message) -> Mapping[str, Any] | None:
            try:
                return function(Referral.objects.get(pk=message.case_id), message)
            except (ObjectDoesNotExist, LookupError):
                return None

        return make

    return register


@_of_a_referral("referral.sent")
def _sent(referral: Referral, message: Message) -> Body:
    return envelopes.sent_body(referral, _manifest(referral, message))


@_of_a_referral("referral.recall")
def _recall(referral: Referral, message: Message) -> Body:
    return envelopes.recall_body(referral)


@_of_a_referral("referral.material_given")
def _material_given(referral: Referral, message: Message) -> Body:
    return envelopes.material_given_body(_ask(referral, message), _manifest(referral, message))


@_of_a_referral("referral.redirected")
def _redirected(referral: Referral, message: Message) -> Body:
    return envelopes.redirected_body(referral)


@_of_a_referral("referral.confirmed")
def _confirmed(referral: Referral, message: Message) -> Body:
    return {}


@_of_a_referral("referral.signed")
def _signed(referral: Referral, message: Message) -> Body:
    return envelopes.signed_body(_matter(referral))


@_of_a_referral("referral.returned")
def _returned(referral: Referral, message: Message) -> Body:
    return envelopes.returned_body(referral)


@_of_a_referral("referral.recalled")
def _recalled(referral: Referral, message: Message) -> Body:
    return {}


@_of_a_referral("referral.material_asked")
def _asked(referral: Referral, message: Message) -> Body:
    return envelopes.asked_body(_ask(referral, message))


@_of_a_referral("referral.answered")
def _answered(referral: Referral, message: Message) -> Body:
    return envelopes.answered_body(referral, _matter(referral), _manifest(referral, message))


@_of_a_referral("referral.file")
def _file(referral: Referral, message: Message) -> Body:
    return cargo.file_body(referral.files.get(pk=_course(referral, message).files[message.seq]))


# --- Which of several --------------------------------------------------------------------------------


@dataclass
class _Course:
    """What went with which message of a line, by their numbers."""

    along: dict[int, list[UUID]] = field(default_factory=dict)
    files: dict[int, UUID] = field(default_factory=dict)


def _course(referral: Referral, message: Message) -> _Course:
    """Files are posted behind their manifest and in the order of their ids, leg by leg."""
    course = _Course()
    waiting = {
        leg: deque(referral.files.filter(travels=leg).values_list("pk", flat=True)) for leg in LEGS.values()
    }
    manifest, leg = 0, CarriedFile.With.SENT
    for seq, kind in _line(message).values_list("seq", "kind"):
        if kind in LEGS:
            manifest, leg = seq, LEGS[kind]
            course.along[seq] = []
        elif kind == "referral.file" and manifest and waiting[leg]:
            course.files[seq] = waiting[leg].popleft()
            course.along[manifest].append(course.files[seq])
    return course


def _manifest(referral: Referral, message: Message) -> Mapping[str, Any]:
    along = _course(referral, message).along[message.seq]
    return cargo.manifest(referral, LEGS[message.kind], only=along)


def _ask(referral: Referral, message: Message) -> MaterialAsk:
    """The first question, or the answer to it, is the first of its kind on the line, and so on."""
    before = _line(message).filter(kind=message.kind, seq__lt=message.seq).count()
    asks: list[MaterialAsk] = list(referral.asks.order_by("at"))
    return asks[int(before)]


def _matter(referral: Referral) -> Matter:
    if referral.matter is None:
        raise LookupError("no matter on this side")
    return referral.matter


def _line(message: Message) -> Any:
    return Message.objects.filter(
        case_id=message.case_id, source=message.source, target=message.target
    ).order_by("seq")
