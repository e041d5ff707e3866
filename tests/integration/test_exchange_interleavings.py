"""Any order of posting, delivering, repeating, losing and crashing ends the same: once each, in order."""

from collections import defaultdict
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch, inbox, registry
from bancheng.exchange.models import Inbox, Message
from bancheng.exchange.registry import Envelope
from bancheng.exchange.sealing import take_from
from tests import notes
from tests.leasing import lease_due

CENTRES = ("130700", "130722", "130726")
LINES = [
    (UUID(int=case), source, target)
    for case in (1, 2)
    for source in CENTRES
    for target in CENTRES
    if source != target
]


class Exchange(RuleBasedStateMachine):
    """`queue` plays the broker: ids that may be delivered in any order, again, or never."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.queue: list[UUID] = []
        self.envelopes: list[Envelope] = []

    @rule(line=st.sampled_from(LINES[:5]), count=st.integers(1, 3))
    def post(self, line: tuple[UUID, str, str], count: int) -> None:
        case_id, source, target = line
        for _ in range(count):
            text = f"note {len(self.envelopes)}"
            message = notes.post_note(case_id, text, source=source, target=target)
            self.envelopes.append(take_from(message))

    @rule(limit=st.integers(1, 10))
    def sweep(self, limit: int) -> None:
        self.queue += [lease.message_id for lease in lease_due(limit=limit)]

    @precondition(lambda self: self.queue)
    @rule(data=st.data(), again=st.booleans())
    def deliver(self, data: Any, again: bool) -> None:
        message_id = data.draw(st.sampled_from(self.queue))
        if not again:
            self.queue.remove(message_id)
        dispatch.deliver(message_id)

    @rule(to=st.sampled_from(CENTRES))
    def deliver_by_the_batch(self, to: str) -> None:
        dispatch.deliver_due(to)

    @rule(to=st.sampled_from(CENTRES), data=st.data())
    def refuse_one_of_a_batch(self, to: str, data: Any) -> None:
        if self.envelopes:
            notes.refused.add(data.draw(st.sampled_from(self.envelopes)).body["text"])
            dispatch.deliver_due(to)
            notes.refused.clear()
            Message.objects.update(failures=0)

    @precondition(lambda self: self.envelopes)
    @rule(data=st.data())
    def several_arrive_without_the_sender_hearing_of_it(self, data: Any) -> None:
        some = data.draw(st.lists(st.sampled_from(self.envelopes), unique_by=id, max_size=6))
        for target in CENTRES:
            with in_centre(target):
                inbox.receive_all([envelope for envelope in some if envelope.target == target])

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def crash_after_the_effect(self, data: Any) -> None:
        message_id = data.draw(st.sampled_from(self.queue))

        def crash(envelope: Envelope) -> None:
            notes.write_note(envelope)
            raise OperationalError("terminating connection due to administrator command")

        with pytest.MonkeyPatch.context() as patched:
            patched.setitem(registry._handlers, notes.KIND, crash)
            try:
                with transaction.atomic():
                    dispatch.deliver(message_id)
            except OperationalError:
                pass

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def refuse(self, data: Any) -> None:
        message_id = data.draw(st.sampled_from(self.queue))
        notes.refused.update(envelope.body["text"] for envelope in self.envelopes)
        dispatch.deliver(message_id)
        notes.refused.clear()
        Message.objects.update(failures=0)

    @precondition(lambda self: self.envelopes)
    @rule(data=st.data())
    def arrive_without_the_sender_hearing_of_it(self, data: Any) -> None:
        envelope = data.draw(st.sampled_from(self.envelopes))
        with in_centre(envelope.target):
            inbox.receive(envelope)

    @rule()
    def drain(self) -> None:
        for held in inbox.next_held():
            with in_centre(held.target):
                inbox.drain(case_id=held.case_id, source=held.source, target=held.target)

    @rule()
    def lose_the_broker(self) -> None:
        self.queue.clear()

    @rule()
    def wait(self) -> None:
        notes.end_waiting()

    @invariant()
    def every_line_was_applied_from_its_start_without_a_gap(self) -> None:
        seqs = defaultdict(list)
        for note in notes.written():
            assert note.schema == f"c{note.target}"
            seqs[note.case_id, note.source, note.target].append(note.seq)
        for applied in seqs.values():
            assert applied == list(range(1, len(applied) + 1))

    def teardown(self) -> None:
        try:
            notes.end_waiting()
            dispatch.run_due()
            assert sorted(notes.texts()) == sorted(envelope.body["text"] for envelope in self.envelopes)
            assert not Message.objects.exclude(state=Message.State.DELIVERED).exists()
            assert not Inbox.objects.exclude(state=Inbox.State.APPLIED).exists()
            self.every_line_was_applied_from_its_start_without_a_gap()
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)


def test_each_message_is_applied_once_and_in_order_whatever_happens(zhangbei: Any) -> None:
    with notes.book():
        run_state_machine_as_test(
            Exchange,
            settings=settings(
                max_examples=25,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
