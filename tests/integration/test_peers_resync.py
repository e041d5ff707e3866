"""After a restore from a backup, of us or of the other deployment, the lines between the two go on."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command

from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch, peers, resync
from bancheng.exchange.models import CaseLine, Message, Side
from bancheng.privacy import audit
from tests import far_end, notes
from tests.far_end import UNIT, FarEnd, note, post, send

CASE = UUID("01930000-0000-7000-8000-000000000001")
POSITIONS = "/exchange/positions/"


@pytest.fixture(autouse=True)
def _book(zhangbei: Any, city: Any, office: Any) -> Iterator[None]:
    with notes.book():
        yield


@pytest.fixture
def far() -> Iterator[FarEnd]:
    """A peer that listens; we know each other."""
    with far_end.running() as far:
        far_end.introduce(far)
        yield far


@pytest.fixture
def _notes_can_be_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {notes.KIND: lambda message: {"text": f"again {message.seq}"}}
    monkeypatch.setattr(resync, "_remakers", made)


def delivered(*texts: str, case_id: UUID = CASE) -> list[Message]:
    """Notes that the peer has given receipts for."""
    messages = [notes.post_note(case_id, text, target=UNIT) for text in texts]
    dispatch.run_due()
    return messages


def run() -> resync.Mended:
    return resync.run(peers.find("province"))


def forget(*messages: Message) -> None:
    """As a backup from before these messages would have it."""
    line = CaseLine.objects.get(case_id=messages[0].case_id, side=Side.OUT)
    line.seq = messages[0].seq - 1
    line.save()
    Message.objects.filter(id__in=[message.id for message in messages]).delete()


# --- They were restored ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("_notes_can_be_made_again")
def test_what_the_peer_has_forgotten_goes_again_under_its_old_id_and_number(far: FarEnd) -> None:
    _, second, third = delivered("1", "2", "3")
    del far.taken[1:]
    assert run().again == 2
    dispatch.run_due()
    assert [event["id"] for event in far.taken[1:]] == [str(second.id), str(third.id)]
    assert [event["data"]["seq"] for event in far.taken] == [1, 2, 3]
    assert far.texts() == ["1", "again 2", "again 3"]


@pytest.mark.usefixtures("_notes_can_be_made_again")
def test_a_case_that_the_peer_has_forgotten_altogether_goes_again(far: FarEnd) -> None:
    delivered("1")
    delivered("other", case_id=uuid4())
    del far.taken[0]
    assert run().again == 1
    dispatch.run_due()
    assert far.texts() == ["other", "again 1"]


@pytest.mark.usefixtures("_notes_can_be_made_again")
def test_what_the_peer_still_holds_out_of_order_is_not_made_again(far: FarEnd) -> None:
    delivered("1", "2", "3")
    del far.taken[1]
    far.positions = far.standing()
    far.positions[0]["seq"] = 1
    assert run().again == 1
    dispatch.run_due()
    assert sorted(far.texts()) == ["1", "3", "again 2"]


def test_what_nobody_can_make_again_is_told_and_does_not_stop_the_line(
    far: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resync, "_remakers", {notes.KIND: lambda message: None})
    delivered("1", "2")
    del far.taken[1]
    assert run().lost == [(CASE, notes.KIND)]
    delivered("3")
    assert [event["type"] for event in far.taken] == [notes.KIND, resync.LOST, notes.KIND]


def test_a_place_that_is_held_for_a_lost_message_does_nothing_here(far: FarEnd) -> None:
    assert send(note(kind=resync.LOST), far.key).status_code == 200
    assert notes.texts() == []


# --- We were restored -----------------------------------------------------------------------------------


def test_numbers_that_we_have_forgotten_are_not_used_again(far: FarEnd) -> None:
    forget(*delivered("1", "2", "3")[1:])
    assert run().numbers == 2
    delivered("4")
    assert [event["data"]["seq"] for event in far.taken] == [1, 2, 3, 4]


def test_what_was_posted_under_a_used_number_gets_a_new_one_in_its_order(far: FarEnd) -> None:
    forget(*delivered("1", "2", "3")[1:])
    later = [notes.post_note(CASE, text, target=UNIT) for text in ("x", "y", "z")]
    dispatch.run_due()
    assert Message.objects.get(id=later[0].id).state == Message.State.DEAD
    assert run().renumbered == 3
    dispatch.run_due()
    assert far.texts() == ["1", "2", "3", "x", "y", "z"]
    assert [event["data"]["seq"] for event in far.taken] == [1, 2, 3, 4, 5, 6]


def test_what_the_backup_still_had_to_send_is_only_acknowledged(far: FarEnd) -> None:
    (message,) = delivered("1")
    restored = Message.objects.get(id=message.id)
    from bancheng.exchange.sealing import put_in

    envelope = note(
        "1", message_id=message.id, case_id=CASE, source="130722", target=UNIT, created_at=message.created_at
    )
    put_in(restored, envelope)
    restored.state, restored.receipt, restored.delivered_at = Message.State.PENDING, None, None
    restored.save()
    assert run().renumbered == 0
    dispatch.run_due()
    restored.refresh_from_db()
    assert (restored.state, restored.seq) == (Message.State.DELIVERED, 1)
    assert far.texts() == ["1"]


# --- Either way -----------------------------------------------------------------------------------------


def test_where_nothing_is_amiss_nothing_is_changed(far: FarEnd, office: Any) -> None:
    delivered("1", "2")
    assert run() == resync.Mended()
    with in_centre(office.code):
        assert audit.entries(act="exchange.resync").get().data["again"] == 0


def test_a_peer_says_nothing_of_lines_between_others(far: FarEnd) -> None:
    notes.post_note(CASE, "inside", target="130700")
    far.positions = [
        {"case": str(CASE), "source": "130722", "target": "130700", "seq": 9, "ids": {}},
        {"case": str(CASE), "source": "650000", "target": UNIT, "seq": 9, "ids": {}},
    ]
    assert run() == resync.Mended()
    assert CaseLine.objects.get(side=Side.OUT).seq == 1


@pytest.mark.parametrize("positions", [[7], [{}], [{"case": "x"}], "x", [{"ids": [], "seq": 1}]])
def test_positions_that_are_none_are_refused_in_words(far: FarEnd, positions: Any) -> None:
    far.positions = positions
    with pytest.raises(CommandError, match="无法识别"):
        call_command("exchange", "resync", "--peer", "province")


def test_the_command_says_what_was_done(far: FarEnd, capsys: pytest.CaptureFixture[str]) -> None:
    forget(*delivered("1", "2")[1:])
    call_command("exchange", "resync", "--peer", "province")
    said = capsys.readouterr().out
    assert "本系统不记得的序号 1 个" in said
    assert "请在对方系统也运行一次" in said


def test_an_unknown_peer_is_one_sentence() -> None:
    with pytest.raises(CommandError, match="没有登记代码为“nobody”的外部系统"):
        call_command("exchange", "resync", "--peer", "nobody")


# --- What we say of ourselves ---------------------------------------------------------------------------


def asked(far: FarEnd, content: bytes = b'{"after":null}') -> Any:
    return post(content, far.key, path=POSITIONS)


def test_the_peer_learns_how_far_we_have_come_with_its_messages(far: FarEnd) -> None:
    first, third = note("1"), note("3", seq=3)
    send(first, far.key)
    send(third, far.key)
    notes.post_note(first.case_id, "ours", source="130722", target="130700")
    (said,) = asked(far).json()["positions"]
    assert (said["source"], said["target"], said["seq"]) == (UNIT, "130700", 1)
    assert said["ids"] == {"1": str(first.message_id), "3": str(third.message_id)}
    assert resync.Position.read(said).top == 3


def test_positions_come_some_cases_at_a_time(far: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resync, "CASES_AT_ONCE", 2)
    cases = sorted(uuid4() for _ in range(3))
    for case_id in cases:
        send(note(case_id=case_id), far.key)
    first = asked(far).json()["positions"]
    rest = asked(far, f'{{"after":"{cases[1]}"}}'.encode()).json()["positions"]
    assert [said["case"] for said in first + rest] == [str(case_id) for case_id in cases]


@pytest.mark.parametrize("content", [b"[]", b"x", b'{"after":7}', b'{"after":"x"}'])
def test_a_question_that_is_none_is_refused(far: FarEnd, content: bytes) -> None:
    response = asked(far, content)
    assert (response.status_code, response.json()["code"]) == (422, "malformed")
