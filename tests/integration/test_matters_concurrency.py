"""Several people at the same moment: no gap in the numbers, no act done twice."""

from functools import partial
from typing import Any

import pytest
from django.db import transaction

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.privacy import audit
from bancheng.privacy.append_only import verify_chain
from tenants.matters import actions, numbering
from tenants.matters.acting import event_payload
from tenants.matters.models import Event, Matter
from tests.desk import REPORTER, STORY, Desk

WRITERS, EACH = 6, 5


def register_some(centre: str, actor: Actor, *, fail_on: int | None = None) -> list[str]:
    """Register EACH matters; the one at `fail_on` is rolled back after it took its number."""
    numbers = []
    with in_centre(centre):
        for place in range(EACH):
            try:
                with transaction.atomic():
                    matter = actions.register(actor=actor, reporter=REPORTER, story=STORY)
                    if place == fail_on:
                        raise ConnectionAbortedError
                    numbers.append(matter.number)
            except ConnectionAbortedError:
                continue
    return numbers


def test_numbers_have_no_gap_under_parallel_writers(at_once: Any, zhangbei: Any) -> None:
    desk = Desk(zhangbei)
    clerk = desk.actor(Role.WINDOW_CLERK)

    at_once(*[partial(register_some, "130722", clerk) for _ in range(WRITERS)])

    with in_centre("130722"):
        serials = sorted(int(m.machine_number[-6:]) for m in Matter.objects.all())
        assert serials == list(range(1, WRITERS * EACH + 1))
        assert audit.verify() is None


def test_a_rolled_back_registration_leaves_no_gap(at_once: Any, zhangbei: Any) -> None:
    clerk = Desk(zhangbei).actor(Role.WINDOW_CLERK)

    at_once(*[partial(register_some, "130722", clerk, fail_on=n) for n in (0, 2, 4)])

    with in_centre("130722"):
        serials = sorted(int(m.machine_number[-6:]) for m in Matter.objects.all())
        assert serials == list(range(1, 3 * (EACH - 1) + 1))


def test_each_centre_counts_for_itself(at_once: Any, zhangbei: Any, yuxian: Any) -> None:
    clerks = {c.code: Desk(c).actor(Role.WINDOW_CLERK) for c in (zhangbei, yuxian)}

    at_once(*[partial(register_some, code, clerk) for code, clerk in clerks.items()])

    for code, word in (("130722", "张北"), ("130726", "蔚")):
        with in_centre(code):
            numbers = list(Matter.objects.order_by("machine_number").values_list("number", flat=True))
            assert len(numbers) == EACH
            assert all(number.startswith(word) for number in numbers)


def test_of_two_who_accept_at_the_same_moment_one_is_told_so(at_once: Any, zhangbei: Any) -> None:
    desk = Desk(zhangbei)
    lead = desk.actor(Role.WINDOW_LEAD)
    with in_centre("130722"):
        matter = desk.triaged()

    def accept() -> Matter:
        with in_centre("130722"):
            return actions.accept(matter_id=matter.pk, actor=lead)

    results = at_once(accept, accept)

    assert sorted(type(r).__name__ for r in results) == ["Conflict", "Matter"]
    assert any(isinstance(r, Conflict) and "已受理" in r.message for r in results)
    with in_centre("130722"):
        events = list(Event.objects.filter(matter_id=matter.pk))
        assert [e.act for e in events] == ["register", "triage", "accept"]
        assert verify_chain(events, event_payload) is None


def test_a_number_is_not_taken_outside_a_transaction(transactional_db: None, zhangbei: Any) -> None:
    with in_centre("130722"), pytest.raises(RuntimeError, match="transaction"):
        numbering.next_serial(numbering.MATTER, 2026)
