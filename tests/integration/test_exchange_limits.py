"""What the exchange keeps within bounds: sizes, batches, counterparts that are slow or dead, old rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch, inbox, purging, registry, sealing, selectors, transports
from bancheng.exchange.errors import NoRoute, OutOfSequence, TooLarge, Unreachable
from bancheng.exchange.models import CaseLine, Inbox, Message
from bancheng.exchange.registry import Envelope
from bancheng.exchange.sealing import take_from
from bancheng.exchange.transports import Outcome
from bancheng.timekeeping import clock
from tests import notes
from tests.leasing import lease_due

CASE = UUID("01930000-0000-7000-8000-000000000001")
OTHER = UUID("01930000-0000-7000-8000-000000000002")
FAR, FARTHER = "990001", "990002"


@pytest.fixture(autouse=True)
def _book(zhangbei: Any) -> Iterator[None]:
    with notes.book():
        yield


class Far:
    """Another deployment that the test is: `answer` says what comes of a message."""

    remote = True

    def __init__(self, *targets: str) -> None:
        self.targets, self.resting, self.asked = targets, False, list[Envelope]()
        self.answer: Callable[[Envelope], Any] = self.accept

    def serves(self, target: str) -> bool:
        return target in self.targets

    def door(self, target: str) -> str:
        return "far"

    def rests(self, target: str) -> bool:
        return self.resting

    def deliver(self, envelopes: Sequence[Envelope]) -> Iterator[Outcome]:
        for envelope in envelopes:
            self.asked.append(envelope)
            yield envelope, self.answer(envelope)

    def accept(self, envelope: Envelope) -> registry.Receipt:
        moment = clock.now()
        return registry.Receipt(envelope.message_id, "applied", "00", moment, moment)

    def nobody(self, _: Envelope) -> Unreachable:
        self.resting = True
        return Unreachable("nobody answers")


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Far:
    there = Far(FAR, FARTHER)
    monkeypatch.setattr(transports, "_transports", [*transports._transports, there])
    return there


# --- Sizes ----------------------------------------------------------------------------------------------


def test_a_body_that_is_too_large_is_not_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MAX_BYTES", 2_000)
    with pytest.raises(TooLarge):
        notes.post_note(CASE, "a" * 2_000)
    assert not Message.objects.exists()


def test_a_body_that_is_too_large_is_refused_on_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    envelope = take_from(notes.post_note(CASE, "a" * 2_000))
    monkeypatch.setattr(sealing, "MAX_BYTES", 2_000)
    with in_centre("130700"), pytest.raises(TooLarge):
        inbox.receive(envelope)
    assert (notes.texts(), Inbox.objects.count()) == ([], 0)


def test_the_largest_upload_fits_into_a_message(settings: Any) -> None:
    assert settings.UPLOAD_MAX_BYTES * 4 / 3 < sealing.MAX_BYTES * 0.9


# --- Batches --------------------------------------------------------------------------------------------


def test_a_batch_is_one_transaction_and_its_queries_do_not_grow_with_it() -> None:
    few = queries_of_a_batch(2)
    assert queries_of_a_batch(dispatch.BATCH) == few


def queries_of_a_batch(number: int) -> int:
    """Queries beside those of the handler itself."""
    for _ in range(number):
        notes.post_note(uuid4(), "a")
    with CaptureQueriesContext(connection) as captured:
        dispatch.deliver_batch("130700", transports.SameDeployment())
    assert not Message.objects.exclude(state=Message.State.DELIVERED).exists()
    return sum("test_note" not in query["sql"] for query in captured)


def test_one_bad_message_of_a_batch_fails_alone() -> None:
    notes.refused.add("bad")
    bad = notes.post_note(CASE, "bad")
    for text in "abc":
        notes.post_note(uuid4(), text)
    dispatch.deliver_due("130700")
    assert sorted(notes.texts()) == ["a", "b", "c"]
    bad.refresh_from_db()
    assert (bad.state, bad.failures) == (Message.State.PENDING, 1)


def test_several_of_one_line_arrive_in_order_in_one_batch() -> None:
    for n in range(7):
        notes.post_note(CASE, str(n))
        notes.post_note(OTHER, str(n), source="130726")
    dispatch.deliver_due("130700")
    for source in ("130722", "130726"):
        assert [note.seq for note in notes.written() if note.source == source] == list(range(1, 8))


def test_arrivals_of_a_batch_are_all_taken_or_none() -> None:
    envelopes = [take_from(notes.post_note(uuid4(), text)) for text in "abc"]
    contradiction = replace(envelopes[0], message_id=uuid4())
    with in_centre("130700"), pytest.raises(OutOfSequence):
        inbox.receive_all([*envelopes, contradiction])
    assert (notes.texts(), Inbox.objects.count()) == ([], 0)


def test_the_same_envelope_twice_in_a_batch_has_one_effect_and_one_receipt() -> None:
    envelope = take_from(notes.post_note(CASE, "a"))
    with in_centre("130700"):
        first, second = inbox.receive_all([envelope, envelope])
    assert first == second
    assert notes.texts() == ["a"]


def test_a_handler_of_many_is_given_one_message_of_every_case_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_many", {})
    given: list[list[UUID]] = []

    @registry.handler_of_many("test.many")
    def many(envelopes: Sequence[Envelope]) -> None:
        given.append([envelope.case_id for envelope in envelopes])

    for case in (CASE, OTHER, CASE):
        notes.post_note(case, "a")
    Message.objects.update(kind="test.many")
    dispatch.deliver_due("130700")
    assert given == [[CASE, OTHER], [CASE]]


def test_a_message_whose_target_nobody_serves_any_more_is_given_up_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, far: Far
) -> None:
    message = notes.post_note(CASE, "a", target=FAR)
    monkeypatch.setattr(far, "targets", ())
    for _ in range(inbox.MAX_FAILURES):
        notes.end_waiting()
        dispatch.deliver_due(FAR)
    message.refresh_from_db()
    assert message.state == Message.State.DEAD
    assert message.last_error.startswith(NoRoute.__name__)


# --- Counterparts elsewhere -----------------------------------------------------------------------------


def test_a_remote_counterpart_is_asked_outside_any_transaction(transactional_db: None, far: Far) -> None:
    seen: list[bool] = []

    def look(envelope: Envelope) -> registry.Receipt:
        seen.append(connection.in_atomic_block)
        return far.accept(envelope)

    far.answer = look
    message = notes.post_note(CASE, "a", target=FAR)
    dispatch.deliver_due(FAR)
    message.refresh_from_db()
    assert (seen, message.state, message.body) == ([False], Message.State.DELIVERED, None)


def test_nobody_s_word_counts_against_no_message_and_the_rest_are_not_tried(far: Far) -> None:
    first, *others = [notes.post_note(CASE, str(n), target=FAR) for n in range(3)]
    far.answer = far.nobody
    assert dispatch.deliver_due(FAR) == []
    assert [envelope.message_id for envelope in far.asked] == [first.id]
    first.refresh_from_db()
    assert (first.state, first.failures, first.attempts) == (Message.State.PENDING, 0, 1)
    assert first.last_error == "Unreachable: nobody answers"
    for other in others:
        other.refresh_from_db()
        assert (other.attempts, other.leased_until) == (0, None)


def test_no_outage_kills_a_message(far: Far) -> None:
    message = notes.post_note(CASE, "a", target=FAR)
    far.answer = far.nobody
    for _ in range(inbox.MAX_FAILURES + 2):
        notes.end_waiting()
        far.resting = False
        dispatch.deliver_due(FAR)
    far.answer, far.resting = far.accept, False
    notes.end_waiting()
    dispatch.deliver_due(FAR)
    message.refresh_from_db()
    assert message.state == Message.State.DELIVERED


def test_who_could_not_be_reached_is_tried_again_within_a_minute(far: Far) -> None:
    message = notes.post_note(CASE, "a", target=FAR)
    Message.objects.filter(id=message.id).update(attempts=9)
    far.answer = far.nobody
    dispatch.deliver_due(FAR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM leased_until - clock_timestamp()) FROM exchange_message")
        assert cursor.fetchone()[0] <= dispatch.LONGEST_SILENCE_SECONDS


def test_a_dead_counterpart_delays_nobody_else(far: Far) -> None:
    for _ in range(150):
        notes.post_note(uuid4(), "there", target=FAR)
    near = [notes.post_note(uuid4(), "near") for _ in range(20)]
    far.answer = far.nobody
    dispatch.run_due()
    assert len(far.asked) == 1
    states = Message.objects.filter(id__in=[message.id for message in near]).values_list("state", flat=True)
    assert set(states) == {Message.State.DELIVERED}


def test_a_worker_inside_a_counterpart_is_alone_there_and_others_go_on(
    far: Far, at_once: Callable[..., list[Any]]
) -> None:
    notes.post_note(CASE, "slow", target=FAR)
    notes.post_note(OTHER, "also there", target=FARTHER)
    notes.post_note(CASE, "near")
    inside: list[list[Any]] = []

    def slow(envelope: Envelope) -> registry.Receipt:
        if not inside:
            inside.append(
                at_once(lambda: dispatch.deliver_due(FARTHER), lambda: dispatch.deliver_due("130700"))
            )
            assert notes.texts() == ["near"]
        return far.accept(envelope)

    far.answer = slow
    assert dispatch.deliver_due(FAR) == [FARTHER]
    assert inside == [[[], []]]
    assert len(far.asked) == 1


def test_a_slow_peer_s_turn_ends_and_what_is_left_waits_unharmed(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "REMOTE_TURN_SECONDS", -1.0)
    for number in range(3):
        notes.post_note(CASE, f"note {number}", target=FAR)
    assert dispatch.deliver_due(FAR) == [FAR]
    assert len(far.asked) == 1
    left = Message.objects.filter(state=Message.State.PENDING)
    assert set(left.values_list("attempts", "leased_until")) == {(0, None)}
    assert left.count() == 2


def test_peers_hold_up_one_worker_among_them_and_take_turns(
    far: Far, monkeypatch: pytest.MonkeyPatch, at_once: Callable[..., list[Any]]
) -> None:
    elsewhere = Far("990003")
    monkeypatch.setattr(elsewhere, "door", lambda target: "elsewhere")
    monkeypatch.setattr(transports, "_transports", [*transports._transports, elsewhere])
    notes.post_note(CASE, "slow", target=FAR)
    notes.post_note(OTHER, "also slow", target="990003")
    turned_away: list[list[Any]] = []

    def slow(envelope: Envelope) -> registry.Receipt:
        turned_away.append(at_once(lambda: dispatch.deliver_due("990003")))
        notes.post_note(OTHER, "more", target=FAR)
        return far.accept(envelope)

    far.answer = slow
    monkeypatch.setattr(dispatch, "REMOTE_TURN_SECONDS", -1.0)
    assert dispatch.deliver_due(FAR) == ["990003", FAR]
    assert turned_away == [[[]]]
    assert elsewhere.asked == []


# --- Figures and old rows -------------------------------------------------------------------------------


def test_figures_are_kept_for_each_counterpart() -> None:
    notes.refused.add("bad")
    notes.post_note(CASE, "bad")
    for _ in range(inbox.MAX_FAILURES):
        notes.end_waiting()
        dispatch.deliver_due("130700")
    notes.post_note(OTHER, "waits")
    notes.post_note(OTHER, "elsewhere", target="130726")
    rows = {row.target: (row.pending, row.dead, row.held) for row in selectors.counterparts()}
    assert rows == {"130700": (1, 1, 0), "130726": (1, 0, 0)}


def test_leases_per_delivery_say_how_often_something_went_wrong() -> None:
    assert selectors.leases_per_delivery() == 0
    notes.post_note(CASE, "a"), notes.post_note(OTHER, "b")
    lease_due(limit=1)
    notes.end_waiting()
    dispatch.run_due()
    assert selectors.leases_per_delivery() == 1.5


def test_the_terminal_shows_every_counterpart(capsys: pytest.CaptureFixture[str]) -> None:
    notes.post_note(CASE, "a")
    call_command("exchange", "status")
    assert "130700  待送达 1，在途 0，候序 0，停办 0" in capsys.readouterr().out


def test_old_rows_of_ended_cases_go_and_their_numbers_stay() -> None:
    with clock.at(clock.now() - timedelta(days=purging.KEPT_DAYS + 1)):
        old = take_from(notes.post_note(CASE, "old"))
        notes.post_note(OTHER, "old, and new things happen")
        dispatch.run_due()
    notes.post_note(OTHER, "new")
    dispatch.run_due()
    assert purging.purge() == 2
    assert set(Message.objects.values_list("case_id", flat=True)) == {OTHER}
    assert set(Inbox.objects.values_list("case_id", flat=True)) == {OTHER}
    assert CaseLine.objects.filter(case_id=CASE).count() == 2
    with in_centre("130700"), pytest.raises(OutOfSequence):
        inbox.receive(old)


def test_what_is_under_way_is_never_purged() -> None:
    with clock.at(clock.now() - timedelta(days=purging.KEPT_DAYS + 1)):
        notes.post_note(CASE, "a")
        notes.post_note(CASE, "b")
    dispatch.deliver(Message.objects.get(seq=2).id)
    Message.objects.filter(seq=2).update(delivered_at=F("created_at"))
    call_command("exchange", "purge", "--days", "0")
    assert Message.objects.count() == 2
    assert Inbox.objects.count() == 1
