"""The verdict: computed from the records of both sides alone, in plain SQL, past all code that is on trial.

Compared are what was posted (outbox) with what was applied (inbox), both ends of every line, both rows of
every referral with each other and with the board, the effects on the home matter's timeline, and every act
that a driver saw confirmed with what the database remembers of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from tenants.demo.chaos.stage import Side

EXAMPLES = 5
"""So many of each finding are named; the rest is counted."""

OFFICE = "-office"


@dataclass
class Verdict:
    """What was found. Clean is only a run without any finding, and with something to look at."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    """Figures of the overview that differ from the records; who runs the trial asks the deployments."""
    referrals: int = 0
    by_state: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    delivered: int = 0
    attempts: int = 0
    acts: int = 0

    @property
    def clean(self) -> bool:
        return bool(self.delivered) and not any(self._found)

    @property
    def _found(self) -> tuple[list[str], ...]:
        return self.lost, self.doubled, self.disordered, self.miscounted

    @property
    def publishes_per_delivered(self) -> float:
        return self.attempts / self.delivered if self.delivered else 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "clean": self.clean,
            "referrals": self.referrals,
            "referrals_by_state": dict(self.by_state),
            "messages": self.messages,
            "delivered": self.delivered,
            "publishes_per_delivered": round(self.publishes_per_delivered, 3),
            "acts_confirmed": self.acts,
            "lost": len(self.lost),
            "doubled": len(self.doubled),
            "out_of_order": len(self.disordered),
            "miscounted": len(self.miscounted),
            "examples": [example for found in self._found for example in found[:EXAMPLES]],
        }


Row = Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """All that both sides have written down; each row says in `at` where it lies."""

    posted: Sequence[Row]
    applied: Sequence[Row]
    lines: Sequence[Row]
    sent: Mapping[UUID, Row]
    received: Mapping[UUID, Sequence[Row]]
    board: Mapping[UUID, str]
    events: Sequence[Row]
    acts: Sequence[tuple[str, str, UUID]]


def judge(sides: Iterable[Side], acts: Iterable[Path]) -> Verdict:
    """Read everything, compare everything. The databases must be up; nothing may be under way any more."""
    records = _read(sides, acts)
    verdict = Verdict(
        referrals=len(records.sent),
        by_state=Counter(str(row["state"]) for row in records.sent.values()),
        messages=len(records.posted),
        delivered=sum(row["state"] == "delivered" for row in records.posted),
        attempts=sum(row["attempts"] for row in records.posted if row["state"] == "delivered"),
        acts=len(records.acts),
    )
    _judge_messages(records, verdict)
    _judge_lines(records, verdict)
    _judge_referrals(records, verdict)
    _judge_effects(records, verdict)
    _judge_acts(records, verdict)
    return verdict


# --- The comparisons ---------------------------------------------------------------------------------


def _judge_messages(records: Records, verdict: Verdict) -> None:
    """Every posted message was applied exactly once, and nothing else was."""
    arrivals: dict[UUID, list[Row]] = defaultdict(list)
    for row in records.applied:
        arrivals[row["message_id"]].append(row)
    for row in records.posted:
        done = [each for each in arrivals.pop(row["id"], []) if each["state"] == "applied"]
        if not done or row["state"] != "delivered":
            verdict.lost.append(
                f"message {row['id']} {_named(row)} is {row['state']}, applied {len(done)} times"
            )
        if len(done) > 1:
            verdict.doubled.append(f"message {row['id']} {_named(row)} was applied {len(done)} times")
    for message_id in arrivals:
        verdict.doubled.append(f"message {message_id} was applied and never posted")


def _judge_lines(records: Records, verdict: Verdict) -> None:
    """On every line the numbers were applied in their order, without a gap, up to the last one posted."""
    lines: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in records.applied:
        if row["state"] == "applied":
            lines[row["case_id"], row["source"], row["target"]].append(row)
    for line, rows in lines.items():
        in_time = [row["seq"] for row in sorted(rows, key=lambda row: (row["applied_at"], row["id"]))]
        if in_time != sorted(in_time):
            verdict.disordered.append(f"line {line[1]}→{line[2]} of {line[0]} was applied as {in_time}")
    ends: dict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    for row in records.lines:
        ends[row["case_id"], row["source"], row["target"]][row["side"]] = row["seq"]
    for line, end in ends.items():
        if end.get("out", 0) != end.get("in", 0):
            verdict.lost.append(f"line {line[1]}→{line[2]} of {line[0]} ends at {end}")


def _judge_referrals(records: Records, verdict: Verdict) -> None:
    """Every referral is there once on the other side, with one matter, and both sides and the board agree."""
    for pk, home in records.sent.items():
        there = records.received.get(pk, [])
        if not there:
            verdict.lost.append(f"referral {pk} of {home['at']} never came to {home['unit_code']}")
        if len(there) > 1:
            verdict.doubled.append(f"referral {pk} is in {[row['at'] for row in there]}")
        for row in there:
            if row["matters"] > 1:
                verdict.doubled.append(f"referral {pk} became {row['matters']} matters in {row['at']}")
            if row["state"] != home["state"]:
                verdict.lost.append(
                    f"referral {pk} is {home['state']} at home and {row['state']} in {row['at']}"
                )
        if home["board"] and records.board.get(pk) != home["state"]:
            verdict.lost.append(f"referral {pk} is {home['state']}, the board says {records.board.get(pk)}")


# What a message leaves on the timeline of the home centre's matter.
_EFFECTS = {
    "referral.signed": "signed",
    "referral.material_asked": "asked",
    "referral.progress": "progress",
    "referral.answered": "answered",
    "referral.returned": "returned",
    "referral.recalled": "recalled",
}


def _judge_effects(records: Records, verdict: Verdict) -> None:
    """Each message left its mark on the timeline at home once."""
    expected = Counter(
        (row["case_id"], _EFFECTS[row["kind"]])
        for row in records.posted
        if row["kind"] in _EFFECTS and records.sent.get(row["case_id"])
    )
    found: Counter[tuple[UUID, str]] = Counter()
    late: set[UUID] = set()
    for row in records.events:
        case = UUID(row["data"]["referral"])
        if row["data"].get("late"):
            late.add(case)
        if mark := _mark(row["act"], row["data"]):
            found[case, mark] += 1
    for key in expected.keys() | found.keys():
        case, mark = key
        if found[key] > expected[key]:
            verdict.doubled.append(f"“{mark}” is {found[key]} times on the timeline for {case}")
        elif found[key] < expected[key] and case not in late:
            verdict.lost.append(f"“{mark}” of {case} is not on the timeline")


def _mark(act: str, data: Mapping[str, Any]) -> str:
    if act == "hear":
        if data.get("reported") or "onward" in data:
            return "progress"
        if data.get("state") in ("signed", "asked", "answered") and "files" not in data:
            return str(data["state"])
    if act == "take_back" and data.get("state") in ("returned", "recalled"):
        return str(data["state"])
    return ""


_LEAVES = {"send": "sent_at", "sign": "signed_at", "answer": "answered_at", "confirm": "ended_at"}


def _judge_acts(records: Records, verdict: Verdict) -> None:
    """What the database confirmed to a driver is still there after all crashes."""
    for centre, act, pk in records.acts:
        rows = [records.sent[pk]] if pk in records.sent else []
        rows += records.received.get(pk, [])
        here = next((row for row in rows if row["at"] == centre), None)
        if here is None:
            if not centre.endswith(OFFICE):
                verdict.lost.append(f"{act} of {pk} was confirmed to the driver in {centre} and is not there")
            continue
        if act in _LEAVES and here[_LEAVES[act]] is None:
            verdict.lost.append(f"{act} of {pk} was confirmed to the driver in {centre} and is undone")


# --- Reading -----------------------------------------------------------------------------------------

_POSTED = "SELECT id, case_id, source, target, seq, kind, state, attempts FROM exchange_message"
_APPLIED = "SELECT id, message_id, case_id, source, target, seq, kind, state, applied_at FROM exchange_inbox"
_LINES = "SELECT case_id, source, target, side, seq FROM exchange_caseline"
_BOARD = "SELECT case_id, state FROM overview_boardcase"
_REFERRALS = """
SELECT r.id, direction, r.state, unit_code, r.sent_at, r.signed_at, r.answered_at, r.ended_at,
       (SELECT count(*) FROM {schema}.matters_matter m WHERE m.origin_referral = r.id) AS matters
FROM {schema}.referrals_referral r WHERE r.state <> 'draft'
"""
_EVENTS = """
SELECT act, data FROM {schema}.matters_event WHERE act IN ('hear', 'take_back') AND data ? 'referral'
"""


def _read(sides: Iterable[Side], acts: Iterable[Path]) -> Records:
    posted: list[Row] = []
    applied: list[Row] = []
    lines: list[Row] = []
    events: list[Row] = []
    board: dict[UUID, str] = {}
    sent: dict[UUID, Row] = {}
    received: dict[UUID, list[Row]] = defaultdict(list)
    for side in sides:
        with side.database() as connection:
            posted += _rows(connection, _POSTED)
            applied += _rows(connection, _APPLIED)
            lines += _rows(connection, _LINES)
            here = {row["case_id"]: row["state"] for row in _rows(connection, _BOARD)}
            for centre in side.centres:
                for row in _rows(connection, _REFERRALS, schema=f"c{centre}"):
                    row = {**row, "at": centre, "board": True}
                    if row["direction"] == "sent":
                        sent[row["id"]] = row
                        board[row["id"]] = here.get(row["id"], "")
                    else:
                        received[row["id"]].append(row)
                events += _rows(connection, _EVENTS, schema=f"c{centre}")
    said = [line.split() for path in acts for line in path.read_text("utf-8").splitlines()]
    confirmed = [(words[0], words[1], UUID(words[2])) for words in said if len(words) == 3]
    return Records(posted, applied, lines, sent, received, board, events, confirmed)


def _rows(connection: "psycopg.Connection[Any]", query: str, **names: str) -> list[dict[str, Any]]:
    statement = sql.SQL(query).format(**{key: sql.Identifier(name) for key, name in names.items()})
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute(statement).fetchall()


def _named(row: Row) -> str:
    return f"{row['kind']} {row['source']}→{row['target']} #{row['seq']}"
