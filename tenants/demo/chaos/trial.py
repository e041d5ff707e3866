"""One chaos run: put up the stage, let the drivers work while the saboteur breaks things, drain, judge."""

import itertools
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bancheng.devstack.supervisor import Say
from tenants.demo.chaos import verdict
from tenants.demo.chaos.driver import Part
from tenants.demo.chaos.faults import Saboteur, plan
from tenants.demo.chaos.stage import CITY, PROVINCE, Side, Stage, stage
from tenants.demo.chaos.ways import CITY_CENTRE, PROVINCE_CENTRE

OFFICE = "130700-office"
COUNTIES = ("130702", "130722", "130726", "130730", "130731")
OPEN_STATES = ("draft", "sent", "signed", "asked", "recalling", "answered")
TELL_EVERY = 20.0
"""Seconds."""
REFERRALS_A_MATTER = 12
"""A matter that came home may be referred again."""


@dataclass(frozen=True)
class Wanted:
    """How much, how long at least, by which plan.

    `only` limits the kinds of faults, `build` and `like` are those of `stage`. `patience` in seconds is how
    long nothing may move in the end.
    """

    referrals: int
    minutes: float
    seed: int = 1
    counties: int = len(COUNTIES)
    drivers: int = 2
    only: tuple[str, ...] = ()
    build: str = ""
    like: str = ""
    keep_logs: str = ""
    patience: float = 700.0

    @property
    def city(self) -> tuple[str, ...]:
        return (CITY_CENTRE, *COUNTIES[: self.counties])


def run(wanted: Wanted, say: Say) -> dict[str, Any]:
    """Everything, and a report that JSON can carry. Raises Failed when the stage cannot be put up."""
    centres = len(wanted.city) + 1
    matters = max(4, wanted.referrals // centres // REFERRALS_A_MATTER)
    began = time.monotonic()
    with stage(
        wanted.city, matters=matters, seed=wanted.seed, say=say, build=wanted.build, like=wanted.like
    ) as place:
        report = on(place, wanted, say)
    report["seconds"]["altogether"] = round(time.monotonic() - began, 1)
    return report


def on(place: Stage, wanted: Wanted, say: Say) -> dict[str, Any]:
    """The same on a stage that is there; what was begun on it before counts towards `referrals`."""
    say(f"正在转办{wanted.referrals}件，同时制造故障 …")
    began = time.monotonic()
    with _drivers(place, wanted) as acts:
        saboteur = _break_things(place, wanted, say)
        broken = time.monotonic() - began
        drained = _drain(place, wanted, say)
    found = verdict.judge(place.sides.values(), acts)
    if wanted.keep_logs:
        shutil.copytree(place.home / "logs", wanted.keep_logs, dirs_exist_ok=True)
    if drained is None:
        found.lost.append(f"not drained: {_under_way(place)}")
    for side in place.sides.values():
        found.miscounted += _miscounted(place, side)
    return {
        "wanted": asdict(wanted),
        "seconds": {
            "of_faults": round(broken, 1),
            "to_drain": None if drained is None else round(drained, 1),
        },
        "faults": saboteur.counts(),
        "drivers": _said(acts),
        "verdict": found.as_json(),
    }


def told(report: dict[str, Any]) -> str:
    """The report in words."""
    found, faults, seconds = report["verdict"], report["faults"], report["seconds"]
    refused, errors = (sum(report["drivers"][kind].values()) for kind in ("refused", "errors"))
    drained = "没有排空" if seconds["to_drain"] is None else f"{seconds['to_drain']:.0f}秒排空"
    lines = [
        f"转办{found['referrals']}件，消息{found['messages']}条，送达{found['delivered']}条；"
        f"每送达一条平均投递{found['publishes_per_delivered']:.2f}次",
        f"故障：杀进程{faults.get('kills', 0)}次，消息队列丢失{faults.get('broker_losses', 0)}次，"
        f"数据库崩溃{faults.get('database_crashes', 0)}次，断网{faults.get('link_cuts', 0)}次，"
        f"延迟{faults.get('link_delays', 0)}次，重发请求{faults['requests_repeated']}次，"
        f"重复提示{faults.get('hints_doubled', 0)}次",
        f"故障持续{seconds['of_faults']:.0f}秒，之后{drained}；办理中被婉拒{refused}次，出错{errors}次",
        f"丢失{found['lost']}，重复{found['doubled']}，乱序{found['out_of_order']}，"
        f"统计差异{found['miscounted']}",
        *(f"  {example}" for example in found["examples"]),
        "结论：通过" if found["clean"] else "结论：不通过",
    ]
    return "\n".join(lines)


# --- The course of it --------------------------------------------------------------------------------


@contextmanager
def _drivers(place: Stage, wanted: Wanted) -> Iterator[list[Path]]:
    """Those who work in the centres; they end with their standard input."""
    parts = _parts(place, wanted)
    processes = []
    for side, part in parts:
        log = (place.home / "logs" / f"{Path(part.acts).stem}.log").open("ab")
        processes.append(
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "tenants.demo.chaos", "drive", json.dumps(asdict(part))],
                env=place.environment_of(side),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        )
        log.close()
    try:
        yield [Path(part.acts) for _, part in parts]
    finally:
        for process in processes:
            if process.stdin:
                process.stdin.close()
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _miscounted(place: Stage, side: Side) -> list[str]:
    """Where the side's overview differs from its records, as it is and after a rebuild."""
    done = subprocess.run(
        [sys.executable, "-m", "tenants.demo.chaos", "figures"],
        env=place.environment_of(side),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return [f"{side.name}: the figures could not be read: {done.stderr.strip()[-300:]}"]
    return [f"{side.name}: {each}" for each in json.loads(done.stdout)]


def _parts(place: Stage, wanted: Wanted) -> list[tuple[Side, Part]]:
    """The city's centres divided among its drivers, the first with the office; the province has its own."""
    city, everybody = wanted.city, (*wanted.city, PROVINCE_CENTRE)
    shares = _shares(wanted.referrals, everybody)
    groups = [city[number :: wanted.drivers] for number in range(wanted.drivers)]
    parts = []
    for side, centres in [*((CITY, group) for group in groups if group), (PROVINCE, (PROVINCE_CENTRE,))]:
        office = OFFICE if side == CITY and centres == groups[0] else ""
        acts = str(place.home / f"acts-{side}-{centres[0]}.txt")
        quotas = {code: shares[code] for code in centres}
        parts.append((place.sides[side], Part(centres, quotas, everybody, city, office, wanted.seed, acts)))
    return parts


def _said(acts: Sequence[Path]) -> dict[str, dict[str, int]]:
    """What the drivers were refused, because somebody else was faster, and what else went wrong there."""
    said: dict[str, Counter[str]] = {"refused": Counter(), "errors": Counter()}
    for path in acts:
        summary = path.with_suffix(".json")
        if summary.exists():  # a driver that had to be killed leaves none
            for kind, counts in json.loads(summary.read_text("utf-8")).items():
                said[kind].update(counts)
    return {kind: dict(counts.most_common(20)) for kind, counts in said.items()}


def _shares(referrals: int, centres: Sequence[str]) -> dict[str, int]:
    each, rest = divmod(referrals, len(centres))
    return {code: each + (place < rest) for place, code in enumerate(centres)}


def _break_things(place: Stage, wanted: Wanted, say: Say) -> Saboteur:
    """Break things for so many minutes from the first referral on, and then until the last one has begun."""
    saboteur, stand = Saboteur(place, wanted.seed), _Watch(place, wanted, say)
    stand.wait_until(lambda now: now.begun > 0)
    for number in itertools.count():
        began = time.monotonic()
        for fault in plan(wanted.minutes, wanted.seed + number, wanted.only):
            time.sleep(max(0.0, began + fault.at - time.monotonic()))
            saboteur.strike(fault.kind)
            saboteur.done["ended_by_themselves"] += place.tend()
            now = stand.look()
            if number and now and now.begun >= wanted.referrals:
                return saboteur
        time.sleep(max(0.0, began + wanted.minutes * 60 - time.monotonic()))
        now = stand.look()
        if stand.stuck or (now and now.begun >= wanted.referrals):
            break
    return saboteur


def _drain(place: Stage, wanted: Wanted, say: Say) -> float | None:
    """Wait until all is sent, delivered and ended. Seconds that took, or None when nothing moves any more."""
    began, stand = time.monotonic(), _Watch(place, wanted, say)
    stand.wait_until(lambda now: now == Standing(wanted.referrals, 0, 0))
    return None if stand.stuck else time.monotonic() - began


@dataclass(frozen=True)
class Standing:
    """How far it has got."""

    begun: int
    open: int
    under_way: int

    def __str__(self) -> str:
        return f"已起草{self.begun}件，未了结{self.open}件，在途消息{self.under_way}条"


class _Watch:
    """Looks how far it has got, tells it now and then, and knows when nothing has moved for too long."""

    def __init__(self, place: Stage, wanted: Wanted, say: Say) -> None:
        self.place, self.wanted, self.say = place, wanted, say
        self.began = self.said = self.moved = time.monotonic()
        self.before: Standing | None = None

    @property
    def stuck(self) -> bool:
        return time.monotonic() - self.moved > self.wanted.patience

    def look(self) -> Standing | None:
        """How far it has got; None while a database is down."""
        now, moment = _under_way(self.place), time.monotonic()
        if now is not None and now != self.before:
            self.before, self.moved = now, moment
        if moment - self.said > TELL_EVERY:
            self.said = moment
            self.say(f"  {moment - self.began:.0f}秒：{now or '数据库正在恢复'}")
        return now

    def wait_until(self, reached: Callable[[Standing], bool]) -> None:
        """Until it has got so far, or is stuck."""
        while not self.stuck:
            self.place.tend()
            now = self.look()
            if now is not None and reached(now):
                return
            time.sleep(0.5)


def _under_way(place: Stage) -> Standing | None:
    """None while a database is down."""
    begun = opened = moving = 0
    try:
        for side in place.sides.values():
            with side.database() as connection:
                moving += _count(connection, _MOVING)
                for centre in side.centres:
                    begun += _count(connection, _BEGUN, schema=f"c{centre}")
                    opened += _count(connection, _OPEN, schema=f"c{centre}")
    except psycopg.Error:
        return None
    return Standing(begun, opened, moving)


_MOVING = """
SELECT (SELECT count(*) FROM exchange_message WHERE state <> 'delivered')
     + (SELECT count(*) FROM exchange_inbox WHERE state <> 'applied')
"""
_BEGUN = """
SELECT count(*) FROM {schema}.referrals_referral r JOIN {schema}.matters_matter m ON m.id = r.matter_id
WHERE direction = 'sent' AND m.origin_referral IS NULL AND r.drafted_by_id IS NOT NULL
"""
_OPEN = f"SELECT count(*) FROM {{schema}}.referrals_referral WHERE state = ANY(ARRAY{list(OPEN_STATES)})"  # noqa: S608


def _count(connection: "psycopg.Connection[Any]", query: str, **names: str) -> int:
    statement = sql.SQL(query).format(**{key: sql.Identifier(name) for key, name in names.items()})
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0
