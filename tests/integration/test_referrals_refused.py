"""Envelopes that do not fit (order, side, sender) or make no sense: refused for good, nothing is applied."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from uuid6 import uuid7

from bancheng.centres.scope import in_centre
from bancheng.exchange import inbox
from bancheng.exchange.errors import ExchangeError
from bancheng.exchange.models import Inbox
from bancheng.exchange.registry import Envelope
from bancheng.timekeeping import clock
from tenants.referrals import envelopes
from tenants.referrals.models import Referral, State
from tenants.referrals.reading import OutOfPlace, Unsound
from tests.between import Side, deliver

CITY, COUNTY = "130700", "130722"
ASK = {"ask": str(uuid4()), "items": "档案", "due_on": "2026-12-01"}
ANSWER = {"outcome": "done", "answer": "已办。"}
SIGNED = {"matter_number": "张社反〔2026〕1号", "due_on": "2026-12-15"}

# state at home: what of the receiver does not fit there
AT_HOME: dict[str, dict[str, dict[str, Any]]] = {
    "sent": {
        "recalled": {},
        "material_asked": ASK,
        "progress": {"text": "在办。"},
        "answered": ANSWER,
    },
    "signed": {"signed": SIGNED, "returned": {"reason": "不属本级"}, "recalled": {}},
    "confirmed": {"signed": SIGNED, "answered": ANSWER, "progress": {"text": "在办。"}},
}
# state at the receiver: what of home does not fit there
AT_RECEIVER: dict[str, dict[str, dict[str, Any]]] = {
    "sent": {"material_given": {"ask": ASK["ask"], "given": "补"}, "confirmed": {}},
    "signed": {"material_given": {"ask": ASK["ask"], "given": "补"}, "confirmed": {}},
    "confirmed": {"chased": {"text": ""}, "recall": {"reason": "撤"}, "redirected": {"reason": ""}},
}


@pytest.fixture
def sent(county: Side, city_side: Side) -> UUID:
    referral = county.send(CITY)
    deliver()
    return referral


def envelope(referral: UUID, kind: str, body: dict[str, Any], *, to: str, **more: Any) -> Envelope:
    source = more.pop("source", CITY if to == COUNTY else COUNTY)
    with in_centre(to):
        seen = Inbox.objects.filter(case_id=referral, source=source, target=to).count()
    return Envelope(
        message_id=uuid7(),
        case_id=referral,
        source=source,
        target=to,
        seq=seen + 1,
        kind=f"referral.{kind}",
        header=more.pop("header", {}),
        body=body,
        created_at=clock.now(),
    )


def refused(message: Envelope, error: type[BaseException]) -> None:
    """Received, it is refused for this reason, and the referral stands as before."""
    with in_centre(message.target):
        before = list(Referral.objects.values_list("pk", "state").order_by("pk"))
        with pytest.raises(error) as raised:
            inbox.receive(message)
        assert list(Referral.objects.values_list("pk", "state").order_by("pk")) == before
    if isinstance(raised.value, ExchangeError):
        assert raised.value.final


@pytest.mark.parametrize(
    ("state", "kind", "body"),
    [(state, kind, body) for state, kinds in AT_HOME.items() for kind, body in kinds.items()],
)
def test_at_home_out_of_order(county: Side, sent: UUID, state: str, kind: str, body: dict[str, Any]) -> None:
    with county.inside():
        Referral.objects.filter(pk=sent).update(state=State(state))
    refused(envelope(sent, kind, body, to=COUNTY), OutOfPlace)


@pytest.mark.parametrize(
    ("state", "kind", "body"),
    [(state, kind, body) for state, kinds in AT_RECEIVER.items() for kind, body in kinds.items()],
)
def test_at_the_receiver_out_of_order(
    city_side: Side, sent: UUID, state: str, kind: str, body: dict[str, Any]
) -> None:
    with city_side.inside():
        Referral.objects.filter(pk=sent).update(state=State(state))
    refused(envelope(sent, kind, body, to=CITY), OutOfPlace)


def test_the_same_case_is_not_opened_twice(county: Side, sent: UUID) -> None:
    with county.inside():
        digest = Referral.objects.get(pk=sent).digest
    body = {"number": "张北社转〔2026〕9号", "subject": "事由", "reason": "理由", "requested": "请求"}
    refused(envelope(sent, "sent", body | {"digest": digest}, to=CITY), OutOfPlace)


def test_what_home_says_is_not_heard_at_home(county: Side, sent: UUID) -> None:
    refused(envelope(sent, "confirmed", {}, to=COUNTY), OutOfPlace)


def test_about_a_case_that_there_is_not(county: Side) -> None:
    refused(envelope(uuid4(), "signed", SIGNED, to=COUNTY), OutOfPlace)


def test_a_stranger_speaks_for_nobody(county: Side, sent: UUID) -> None:
    refused(envelope(sent, "signed", SIGNED, to=COUNTY, source="130726"), PermissionError)


@pytest.mark.parametrize("kind", ["designated", "redirect", "urged"])
def test_a_centre_does_not_coordinate(county: Side, sent: UUID, kind: str) -> None:
    refused(envelope(sent, kind, {"unit": CITY, "reason": "示例"}, to=COUNTY), PermissionError)


def test_what_is_decided_is_carried_out_at_home_alone(city_side: Side, sent: UUID) -> None:
    body = {"unit": CITY, "reason": "示例"}
    refused(envelope(sent, "designated", body, to=CITY, source="130700-office"), OutOfPlace)


NO_SENSE: list[tuple[str, str, dict[str, Any]]] = [
    ("signed", "sent", {}),
    ("signed", "sent", {"matter_number": 7}),
    ("signed", "sent", {"matter_number": "张" * 41}),
    ("signed", "sent", {"matter_number": "张社反〔2026〕1号", "due_on": "明天"}),
    ("returned", "sent", {"reason": ""}),
    ("returned", "sent", {"reason": "长" * 20_001}),
    ("material_asked", "signed", ASK | {"ask": "1"}),
    ("material_asked", "signed", ASK | {"due_on": "2026-02-30"}),
    ("progress", "signed", {"text": "", "onward": {"unit": "示例", "since": "2026-12-01T10:00"}}),
    ("answered", "signed", ANSWER | {"outcome": "perfect"}),
    ("answered", "signed", {"outcome": "done"}),
]


@pytest.mark.parametrize(("kind", "state", "body"), NO_SENSE)
def test_what_makes_no_sense(county: Side, sent: UUID, kind: str, state: str, body: dict[str, Any]) -> None:
    with county.inside():
        Referral.objects.filter(pk=sent).update(state=State(state))
    refused(envelope(sent, kind, body, to=COUNTY), Unsound)


def opening(
    county: Side, referral: UUID, change: Callable[[dict[str, Any], dict[str, Any]], None]
) -> Envelope:
    """An opening message like the real one, changed in its header or its body."""
    ours = county.row(referral)
    header: dict[str, Any] = {"item": ours.item_code, "due_on": str(ours.sign_due_on), "round": 1}
    body: dict[str, Any] = {
        "number": ours.number,
        "subject": ours.subject,
        "reason": ours.reason,
        "requested": ours.requested,
        "digest": ours.digest,
        "cargo": {},
    }
    change(header, body)
    return envelope(uuid7(), "sent", body, to=CITY, header=header)


@pytest.mark.parametrize(
    "change",
    [
        lambda header, body: header.update(item="ZZ99"),
        lambda header, body: header.update(due_on="bald"),
        lambda header, body: header.update(round="viele"),
        lambda header, body: body.update(number="张" * 41),
        lambda header, body: body.update(subject="事" * 81),
        lambda header, body: body.update(reason=None),
        lambda header, body: body.update(designated_at="2026-12-01"),
    ],
)
def test_an_opening_that_makes_no_sense(county: Side, sent: UUID, change: Any) -> None:
    refused(opening(county, sent, change), Unsound)


@pytest.mark.parametrize("digest", [None, {}, {"version": 9}, {"version": 2, "reporter": {}}, "x"])
def test_an_opening_whose_digest_cannot_be_read(county: Side, sent: UUID, digest: Any) -> None:
    refused(opening(county, sent, lambda header, body: body.update(digest=digest)), ExchangeError)


def test_an_opening_that_is_right_is_taken_over(county: Side, city_side: Side, sent: UUID) -> None:
    message = opening(county, sent, lambda header, body: None)
    with in_centre(CITY):
        inbox.receive(message)
        assert Referral.objects.get(pk=message.case_id).state == State.SENT


def test_every_kind_that_is_posted_is_understood() -> None:
    from bancheng.exchange.registry import handler_for

    posted = [name.removeprefix("post_") for name in dir(envelopes) if name.startswith("post_")]
    kinds = {"asked": "material_asked", "onward": "progress"}
    for name in posted:
        handler_for(f"referral.{kinds.get(name, name)}")
