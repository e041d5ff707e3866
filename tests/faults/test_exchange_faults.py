"""Workers killed without warning, a broker that forgets everything and dies: each message once, in order."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest
import redis

from bancheng.celery import hint
from bancheng.exchange import dispatch, selectors
from tests import notes
from tests.faults.conftest import Killable

CENTRES = ("130700", "130722", "130726")
CASES = [UUID(int=n) for n in range(1, 8)]
Line = tuple[UUID, str, str]
MESSAGES = 240
AHEAD = 30
PATIENCE = 150  # seconds until everything must have arrived

pytestmark = [pytest.mark.faults, pytest.mark.timeout(PATIENCE + 60)]


@pytest.fixture
def book(transactional_db: None) -> Iterator[None]:
    with notes.book():
        yield


def test_nothing_is_lost_doubled_or_out_of_order_under_kills_and_flushes(
    book: None, valkey: tuple[Killable, str], workers: tuple[Killable, Killable], tmp_path: Path
) -> None:
    broker, url = valkey
    # What goes wrong after how many messages have arrived: always in the middle of the work.
    faults: list[tuple[int, Callable[[], None]]] = [
        (20, workers[0].restart),
        (50, lambda: flush(url)),
        (70, workers[1].restart),
        (100, broker.restart),
        (130, workers[0].restart),
        (140, lambda: flush(url)),
        (170, workers[1].restart),
        (200, broker.restart),
    ]
    posting = posts()
    sent: dict[Line, list[str]] = defaultdict(list)
    ends = time.monotonic() + PATIENCE
    while (arrived := len(notes.written())) < MESSAGES:
        assert time.monotonic() < ends, report(arrived, tmp_path)
        posted = sum(len(texts) for texts in sent.values())
        # Never so far ahead that all could arrive before the next thing goes wrong.
        for line, text in islice(posting, 10 if not faults or posted < faults[0][0] + AHEAD else 0):
            case_id, source, target = line
            notes.post_note(case_id, text, source=source, target=target, milliseconds=20)
            sent[line].append(text)
        if faults and arrived >= faults[0][0]:
            faults.pop(0)[1]()
        notes.end_waiting()  # the minutes of a doubled lease, passed at once
        hint("exchange.sweep")  # what beat does
        time.sleep(0.5)

    notes.end_waiting()
    dispatch.run_due()  # were anything still under way, this would be its second arrival
    came: dict[Line, list[str]] = defaultdict(list)
    for note in notes.written():
        assert note.schema == f"c{note.target}"
        came[note.case_id, note.source, note.target].append(note.text)
    assert came == sent
    assert faults == []
    assert selectors.status() == selectors.Status(pending=0, in_flight=0, held=0, dead=0, blocked=0, lag=0)


def posts() -> Iterator[tuple[Line, str]]:
    """MESSAGES notes over all lines, the same in every run."""
    chance = random.Random(20261124)  # noqa: S311  # a plan, not a secret
    for number in range(MESSAGES):
        source, target = chance.sample(CENTRES, 2)
        yield (chance.choice(CASES), source, target), f"note {number}"


def flush(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushall()


def report(arrived: int, tmp_path: Path) -> str:
    logs = [(tmp_path / f"{name}.log").read_text("utf-8")[-2000:] for name in "ab"]
    return "\n".join([f"{arrived} of {MESSAGES} arrived", *logs])
