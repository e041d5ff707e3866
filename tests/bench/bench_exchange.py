"""What a referral on its way costs, against tasks that do nothing, with two workers and one broker.

All figures of one run are taken by the same workers, in turns with those they are compared with. A referral
is a real `referral.sent`: posted by the outbox, sealed, leased, opened, checked, applied by the handler in
the schema of its target, acknowledged. The throwaway PostgreSQL does not wait for the disk; production does,
once for a batch.
"""

import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from tests.bench.crew import Crew, Queue, crew, wait_for

MORE_CENTRES = 5
"""Beside the three of every test database: all send, all receive."""
ROUNDS = 3
REFERRALS, TASKS = 1_500, 4_000
IDLE = 150
DRAIN = 5_000
KILLED_AMONG, KILLS = 2_000, 6
RATE_LIMIT, MIDDLE_LIMIT, TAIL_LIMIT, PUBLISH_LIMIT, DRAIN_LIMIT = 0.35, 6.0, 10.0, 1.5, 2.2


def run() -> list[dict[str, Any]]:
    """The figures, on a database of its own. Needs Django set up, and servers."""
    from tests import schemas

    schemas.create_database()
    try:
        post = _Sender()
        with crew() as workers:
            return [*_rates(post), *_idle(post), _drain(post), _under_kills(post, workers)]
    finally:
        schemas.drop_database()


def _rates(post: "_Sender") -> list[dict[str, Any]]:
    referrals, tasks = [], []
    _deliver(post, 200), _do_nothing(200)  # what a process loads once
    for _ in range(ROUNDS):
        referrals.append(REFERRALS / _deliver(post, REFERRALS))
        tasks.append(TASKS / _do_nothing(TASKS))
    ratio = median(mine / other for mine, other in zip(referrals, tasks, strict=True))
    return [
        {
            "name": "tasks that do nothing per referral delivered in the same time (rate ≥ 0.35)",
            "ratio": 1 / ratio,
            "limit": 1 / RATE_LIMIT,
            "seconds": {
                "referrals per second": round(median(referrals)),
                "empty tasks per second": round(median(tasks)),
                "rate": round(ratio, 3),
            },
        }
    ]


def _deliver(post: "_Sender", number: int) -> float:
    """Seconds from the moment the workers hear of so many posted referrals until all are delivered."""
    post.many(number)
    began = time.perf_counter()
    Queue().ask("exchange.sweep")
    wait_for(lambda: not _pending(), seconds=300)
    return time.perf_counter() - began


def _do_nothing(number: int) -> float:
    queue = Queue()
    for _ in range(number):
        queue.ask("bench.nothing", queue="bench.later")
    began = time.perf_counter()
    queue.release("bench.later")
    wait_for(queue.is_empty, seconds=120)
    return time.perf_counter() - began


def _idle(post: "_Sender") -> list[dict[str, Any]]:
    queue, ours, empty = Queue(), [], []
    queue.forget()
    for _ in range(IDLE):
        ours.append(post.one_and_wait())
        time.sleep(0.01)
        began = time.perf_counter()
        queue.ask("bench.tell")
        queue.hear()
        empty.append(time.perf_counter() - began)
        time.sleep(0.01)
    return [
        _latency("median", ours, empty, median, MIDDLE_LIMIT),
        _latency("99 of 100", ours, empty, lambda v: quantiles(v, n=100)[98], TAIL_LIMIT),
    ]


def _latency(
    what: str, ours: list[float], empty: list[float], take: Callable[[list[float]], float], limit: float
) -> dict[str, Any]:
    return {
        "name": f"idle, from the sender's commit to the receiver's against an empty task: {what}",
        "ratio": take(ours) / take(empty),
        "limit": limit,
        "seconds": {"referral": round(take(ours), 4), "empty task": round(take(empty), 4)},
    }


def _drain(post: "_Sender") -> dict[str, Any]:
    once, twice = _deliver(post, DRAIN), _deliver(post, 2 * DRAIN)
    return {
        "name": f"{2 * DRAIN} queued referrals against {DRAIN}",
        "ratio": twice / once,
        "limit": DRAIN_LIMIT,
        "seconds": {"few": round(once, 1), "many": round(twice, 1)},
    }


def _under_kills(post: "_Sender", workers: Crew) -> dict[str, Any]:
    """Leases for each delivered referral while workers are killed in the middle of their batches.

    Counted by the rows themselves: a lease that a killed worker took with it is one too many.
    """
    from django.db.models import Sum

    from bancheng.exchange.models import Message

    first = Message.objects.count()
    post.many(KILLED_AMONG)
    queue, killed = Queue(), 0
    while waiting := Message.objects.filter(state=Message.State.PENDING).count():
        queue.ask("exchange.sweep")  # what beat does
        if killed < KILLS and waiting < KILLED_AMONG * (KILLS - killed) / (KILLS + 1):
            workers.lose_one(killed)
            killed += 1
        time.sleep(0.05 if killed < KILLS else 0.5)
    these = Message.objects.order_by("-id")[: Message.objects.count() - first]
    leases = Message.objects.filter(id__in=these).aggregate(sum=Sum("attempts"))["sum"]
    return {
        "name": f"leases per delivered referral, {killed} workers killed meanwhile",
        "ratio": leases / KILLED_AMONG,
        "limit": PUBLISH_LIMIT,
        "seconds": {"referrals": KILLED_AMONG, "leases": leases},
    }


def _pending() -> bool:
    from bancheng.exchange.models import Message

    return Message.objects.filter(state=Message.State.PENDING).exists()


class _Sender:
    """Posts referrals of all centres to all centres: copies of one that a desk has sent by its acts."""

    def __init__(self) -> None:
        import psycopg
        from django.db import connection

        from bancheng.centres import onboarding
        from bancheng.centres.models import Centre

        for number in range(MORE_CENTRES):
            onboarding.add_centre(
                code=f"1399{number:02d}", slug=f"bench{number}", name="测试中心", short_name="测试"
            )
        self.codes = list(Centre.objects.filter(kind="centre").values_list("code", flat=True))
        self.header, self.body = self._sample()
        with connection.cursor() as cursor:
            cursor.execute(_TELL)
        at = connection.settings_dict
        self.ear = psycopg.connect(
            host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user=at["USER"], password=at["PASSWORD"],
            autocommit=True,
        )  # fmt: skip
        self.number = 0

    def many(self, number: int) -> None:
        """So many, committed, of which nobody was told."""
        from django.db import transaction

        from bancheng.celery import muted
        from bancheng.centres.scope import in_centre

        with muted():
            for source in self.codes:
                share = number // len(self.codes) + (source in self.codes[: number % len(self.codes)])
                with in_centre(source), transaction.atomic():
                    for _ in range(share):
                        self._post(source)

    def one_and_wait(self) -> float:
        """Seconds from the commit of one referral until the receiver's commit is known here."""
        from django.db import transaction

        from bancheng.centres.scope import in_centre

        source = self.codes[self.number % len(self.codes)]
        committed = 0.0

        def note() -> None:
            nonlocal committed
            committed = time.perf_counter()

        self.ear.execute("LISTEN bench")
        with in_centre(source), transaction.atomic():
            transaction.on_commit(note)
            message = self._post(source)
        words = self.ear.notifies(timeout=20)
        arrived = any(word.payload == str(message.id) for word in words)
        seconds = time.perf_counter() - committed
        words.close()  # it holds the connection until then
        self.ear.execute("UNLISTEN bench")
        if not arrived:
            raise RuntimeError("a referral did not arrive")
        return seconds

    def _post(self, source: str) -> Any:
        from uuid6 import uuid7

        from bancheng.exchange.outbox import post

        others = [code for code in self.codes if code != source]
        self.number += 1
        case_id = uuid7()
        return post(
            case_id=case_id,
            source=source,
            target=others[self.number % len(others)],
            kind="referral.sent",
            header=self.header | {"referral_id": str(case_id)},
            body=self.body,
        )

    def _sample(self) -> tuple[dict[str, Any], dict[str, Any]]:
        from bancheng.centres.scope import in_centre
        from bancheng.exchange.models import Message
        from bancheng.exchange.sealing import take_from
        from bancheng.identity.roles import Role
        from tenants.referrals import sending
        from tests import schemas
        from tests.desk import Desk

        desk = Desk(schemas.centre("130722"))
        with in_centre("130722"):
            sending.send(referral_id=desk.drafted("130700").pk, actor=desk.actor(Role.WINDOW_LEAD))
        message = Message.objects.get(kind="referral.sent")
        envelope = take_from(message)
        message.delete()
        return dict(envelope.header), dict(envelope.body)


_TELL = """
CREATE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('bench', NEW.id::text); RETURN NEW; END $$;
CREATE TRIGGER bench_tell AFTER UPDATE ON exchange_message FOR EACH ROW
    WHEN (NEW.state = 'delivered') EXECUTE FUNCTION bench_tell();
"""
