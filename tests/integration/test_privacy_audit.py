"""The audit trail: every entry in one unbroken line, however many write at once."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.privacy.append_only import Broken
from bancheng.privacy.models import AuditEntry
from bancheng.privacy.patterns import REMOVED
from bancheng.tenancy import WrongSchema

SYSTEM = Actor.system("系统", "130722")


def write(number: int, **more: Any) -> AuditEntry:
    return audit.record(actor=SYSTEM, act="test.act", subject=("test", str(number)), **more)


def tamper(statement: str) -> None:
    """What somebody with the keys of the database could do: take the triggers away first."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE privacy_auditentry ENABLE TRIGGER USER")


def test_an_entry_says_who_did_what_to_what_and_why(in_zhangbei: Any) -> None:
    actor = Actor(id=UUID(int=7), label="示例专员", roles=frozenset(), department="", centre="130722")

    audit.record(actor=actor, act="person.unmask", subject=("matters.matter", "9"), reason="核对账号", n=1)

    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_label, entry.act) == (UUID(int=7), "示例专员", "person.unmask")
    assert (entry.subject_type, entry.subject_id) == ("matters.matter", "9")
    assert (entry.reason, entry.data) == ("核对账号", {"n": 1})


def test_a_row_as_subject_is_named_by_model_and_key(in_zhangbei: Any) -> None:
    first = write(1)

    second = audit.record(actor=SYSTEM, act="test.act", subject=first)

    assert (second.subject_type, second.subject_id) == ("privacy.auditentry", str(first.pk))


def test_the_reason_is_stored_encrypted(in_zhangbei: Any) -> None:
    write(1, reason="示例理由")

    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM privacy_auditentry")
        assert "示例".encode() not in bytes(cursor.fetchone()[0])


def test_entries_are_numbered_from_one_and_linked(in_zhangbei: Any) -> None:
    entries = [write(number) for number in range(3)]

    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.previous_hash for entry in entries] == ["", entries[0].hash, entries[1].hash]
    assert audit.head() == (3, entries[2].hash)


def test_a_fresh_trail_is_empty_and_holds(in_zhangbei: Any) -> None:
    assert audit.head() == (0, "")
    assert audit.verify() is None


def test_an_entry_of_an_act_that_failed_leaves_no_gap(in_zhangbei: Any) -> None:
    write(1)
    with transaction.atomic():
        write(2)
        transaction.set_rollback(True)

    assert write(3).seq == 2
    assert audit.verify() is None


def test_a_long_trail_with_every_kind_of_data_holds(in_zhangbei: Any) -> None:
    for number in range(30):
        write(number, reason="理由" * (number % 3), key=UUID(int=number), nested={"甲": [1, None, True]})

    assert audit.verify() is None


def test_writers_at_the_same_moment_leave_one_line_without_gaps(at_once: Any) -> None:
    def write_ten(number: int) -> None:
        with in_centre("130722"):
            for _ in range(10):
                with transaction.atomic():
                    write(number)

    assert at_once(*(partial(write_ten, number) for number in range(4))) == [None] * 4

    with in_centre("130722"):
        assert sorted(AuditEntry.objects.values_list("seq", flat=True)) == list(range(1, 41))
        assert audit.verify() is None


@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        ("UPDATE {} SET act = 'x' WHERE seq = 2", 2, "第2条的内容与其校验值不符"),
        ("UPDATE {} SET data = '{{}}' WHERE seq = 2", 2, "第2条的内容与其校验值不符"),
        ("UPDATE {} SET at = at + interval '1 us' WHERE seq = 3", 3, "第3条的内容与其校验值不符"),
        ("DELETE FROM {} WHERE seq = 2", 2, "缺少第2条，下一条是第3条"),
        ("DELETE FROM {} WHERE seq = 1", 1, "缺少第1条，下一条是第2条"),
        (
            "UPDATE {} SET reason = set_byte(reason, 20, get_byte(reason, 20) # 1) WHERE seq = 2",
            2,
            "第2条的理由无法解密：被改动，或缺少其密钥",
        ),
    ],
)
def test_tampering_is_found_where_it_happened(in_zhangbei: Any, statement: str, seq: int, why: str) -> None:
    for number in range(3):
        write(number, reason="示例理由", n=number)
    tamper(statement.format("privacy_auditentry"))

    assert audit.verify() == Broken(seq, why)


def test_a_cut_tail_shows_in_the_head(in_zhangbei: Any) -> None:
    for number in range(3):
        write(number)
    anchored = audit.head()
    tamper("DELETE FROM privacy_auditentry WHERE seq = 3")

    assert audit.verify() is None
    assert audit.head() != anchored


def test_numbers_of_persons_in_the_data_are_replaced_by_a_mark(in_zhangbei: Any) -> None:
    write(1, query="13812341234", found={"card": ["130726199001010027", "BF130722-2026-000001"]})

    assert AuditEntry.objects.get().data == {
        "query": REMOVED,
        "found": {"card": [REMOVED, "BF130722-2026-000001"]},
    }
    assert audit.verify() is None


def test_the_public_schema_has_no_trail(db: None) -> None:
    with pytest.raises(WrongSchema):
        write(1)


def test_two_centres_have_two_trails(in_zhangbei: Any, yuxian: Any) -> None:
    write(1)
    with in_centre(yuxian.code):
        assert write(1).seq == 1


def test_an_entry_costs_three_queries(in_zhangbei: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        write(1)


def test_the_trail_is_read_newest_first_and_filtered(in_zhangbei: Any) -> None:
    actor = Actor(id=UUID(int=7), label="示例专员", roles=frozenset(), department="", centre="130722")
    write(1)
    audit.record(actor=actor, act="test.other", subject=("test", "2"))
    write(2)

    assert [entry.seq for entry in audit.entries()] == [3, 2, 1]
    assert [entry.seq for entry in audit.entries(act="test.act")] == [3, 1]
    assert [entry.seq for entry in audit.entries(actor_id=UUID(int=7))] == [2]
    assert [entry.seq for entry in audit.entries(subject=("test", "2"))] == [3, 2]
    assert [entry.seq for entry in audit.entries(subject=("test", "2"), act="test.act")] == [3]
