"""What goes wrong, and when: a plan drawn from the seed before the run, and its carrying out."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

import psycopg
import redis
from celery import Celery

from tenants.demo.chaos.stage import CITY, Side, Stage

PER_MINUTE = {
    "kill": 11.0,
    "broker": 1.4,
    "database": 0.5,
    "cut": 2.6,
    "delay": 1.0,
    "repeat": 6.0,
    "hints": 6.0,
}
AT_LEAST = {"kill": 2, "broker": 2, "database": 1, "cut": 2, "delay": 1, "repeat": 2, "hints": 2}
"""However short the run."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, so many seconds after the beginning."""

    at: float
    kind: str


def plan(minutes: float, seed: int, only: Collection[str] = ()) -> list[Fault]:
    """Faults of every kind (or of some), spread evenly over the time, each at a moment of its own."""
    rng, faults = random.Random(f"faults {seed}"), []  # noqa: S311  # a plan to be repeated
    for kind, rate in PER_MINUTE.items():
        if only and kind not in only:
            continue
        count = max(AT_LEAST[kind], round(rate * minutes))
        slot = minutes * 60 / count
        faults += [Fault((place + rng.random()) * slot, kind) for place in range(count)]
    return sorted(faults, key=lambda fault: fault.at)


class Saboteur:
    """Carries the plan out on a stage, and counts what it did."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.rng = random.Random(f"saboteur {seed}")  # noqa: S311  # a plan to be repeated
        self.done: Counter[str] = Counter()
        self._acts: dict[str, Callable[[], None]] = {
            "kill": self._kill,
            "broker": self._broker,
            "database": self._database,
            "cut": self._cut,
            "delay": self._delay,
            "repeat": self._repeat,
            "hints": self._hints,
        }

    def strike(self, kind: str) -> None:
        """Do one fault and, where it lasts, see its end. Takes up to a few seconds."""
        self._acts[kind]()

    def counts(self) -> dict[str, int]:
        """What was done, and what the line saw of it."""
        seen = {
            "answers_swallowed": sum(link.swallowed for link in self.stage.links),
            "requests_repeated": sum(link.repeated for link in self.stage.links),
            "connections_broken": sum(link.broken for link in self.stage.links),
        }
        return {**self.done, **seen}

    # --- Processes and servers -----------------------------------------------------------------------

    def _kill(self) -> None:
        side = self._side()
        part = self.rng.choice([*side.parts, *(p for p in side.parts if p.startswith("worker"))])
        whole = part == "beat" or self.rng.random() < 0.4
        if whole or not self.stage.kill_child(side, part, self.rng):
            self.stage.kill_tree(side, part)
        self.done["kills"] += 1
        self.done[f"kills_of_{part.partition('-')[0]}"] += 1

    def _broker(self) -> None:
        side = self._side()
        self.done["broker_losses"] += 1
        if self.done["broker_losses"] % 2:
            self.done["broker_flushes"] += 1
            with contextlib.suppress(redis.RedisError), side.queue() as queue:
                queue.flushall()
            return
        self.done["broker_kills"] += 1
        name = self.stage.service(side, "valkey")
        self.stage.supervisor.kill(name)
        time.sleep(self.rng.uniform(0.3, 2.0))
        self.stage.supervisor.revive(name)

    def _database(self) -> None:
        side = self._side()
        self.done["database_crashes"] += 1
        self.stage.crash_database(side)

    # --- The line ------------------------------------------------------------------------------------

    def _cut(self) -> None:
        """Cut for good, or let requests through and lose the answers; both ways or one."""
        links = self.rng.choice([self.stage.links, self.stage.links[:1], self.stage.links[1:]])
        self.done["link_cuts"] += 1
        for link in links:
            if self.rng.random() < 0.5:
                link.cut()
            else:
                link.swallow()
        time.sleep(self.rng.uniform(0.5, 3.0))
        for link in links:
            link.mend()

    def _delay(self) -> None:
        self.done["link_delays"] += 1
        link = self.rng.choice(self.stage.links)
        link.delay = self.rng.uniform(0.1, 1.0)
        time.sleep(self.rng.uniform(1.0, 3.0))
        link.mend()

    def _repeat(self) -> None:
        """What was sent before comes once more, in any order."""
        for link in self.stage.links:
            link.repeat(self.rng.randint(3, 12), self.rng)

    def _hints(self) -> None:
        """Hints come twice and too early: the work they ask for is done, under way, or not there yet."""
        side = self._side()
        try:
            with side.database() as connection:
                rows = connection.execute(
                    "SELECT target, source, case_id FROM exchange_message"
                    " ORDER BY (state = 'pending') DESC, created_at DESC LIMIT 20"
                ).fetchall()
        except psycopg.Error:
            return  # it is down just now
        with Celery(broker=side.valkey.url) as app, contextlib.suppress(Exception):
            for target, source, case_id in self.rng.sample(rows, len(rows)):
                app.send_task("exchange.deliver", kwargs={"target": target}, retry=False)
                if target in side.centres:
                    line = {"centre": target, "case_id": str(case_id), "source": source}
                    app.send_task("exchange.drain", kwargs=line, retry=False)
                self.done["hints_doubled"] += 1

    def _side(self) -> Side:
        """The city twice as often: most happens there."""
        sides = list(self.stage.sides.values())
        return self.rng.choice([self.stage.sides[CITY], *sides])
