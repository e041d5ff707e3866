"""The city's sums by day over all centres' facts: what its headline reads, however many centres there are.

A centre that changes a day's facts says so in the same transaction (`due`). The roll-up takes such rows away
and sums the days anew in one transaction; a change that it did not see has a row that it did not see either.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db import connection, transaction

from bancheng.overview.models import COUNTERS, CityDay, CitySpan, ConsultationFact, Fact, RollupDue, Span

_LOCK: Final = 0x62616E63  # any number that nothing else in this database locks: "banc"


def due(days: Iterable[date]) -> None:
    """Say that the facts of these days have changed; call it in the transaction that changes them."""
    RollupDue.objects.bulk_create(RollupDue(day=day) for day in sorted(set(days)))


def roll_up() -> int:
    """Sum the days that are due anew; returns how many they were.

    May be killed, repeated and run several times at once: one after the other, each does what is left.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        days = _taken()
        if days:
            _sum(days)
    return len(days)


def roll_up_everything() -> int:
    """Throw the city's sums away and make all of them anew; returns how many days there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _taken()
        _sum(None)
        return CityDay.objects.count()


def _taken() -> list[date]:
    """The days that are due; their rows go with this transaction, and no others."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE)
        return sorted({day for (day,) in cursor.fetchall()})


def _sum(days: list[date] | None) -> None:
    with connection.cursor() as cursor:
        for statement in (_FORGET_DAYS, _SUM_DAYS, _FORGET_SPANS, _SUM_SPANS):
            cursor.execute(statement, {"days": days})


_NAMES = ", ".join(COUNTERS)
_SUMS = ", ".join(f"SUM({name})" for name in COUNTERS)
_ZEROS = ", ".join("0" for _ in COUNTERS)
_CHOSEN = "WHERE %(days)s::date[] IS NULL OR day = ANY(%(days)s)"
# Every name in these is one of our own models'.
_TAKE = f"DELETE FROM {RollupDue._meta.db_table} RETURNING day"  # noqa: S608
_FORGET_DAYS = f"DELETE FROM {CityDay._meta.db_table} {_CHOSEN}"  # noqa: S608
_SUM_DAYS = f"""
INSERT INTO {CityDay._meta.db_table} (day, {_NAMES}, consultations)
SELECT day, {_SUMS}, SUM(consultations) FROM (
    SELECT day, {_NAMES}, 0 AS consultations FROM {Fact._meta.db_table} {_CHOSEN}
    UNION ALL
    SELECT day, {_ZEROS}, count FROM {ConsultationFact._meta.db_table} {_CHOSEN}
) AS each GROUP BY day
"""  # noqa: S608
_FORGET_SPANS = f"DELETE FROM {CitySpan._meta.db_table} {_CHOSEN}"  # noqa: S608
_SUM_SPANS = f"""
INSERT INTO {CitySpan._meta.db_table} (day, what, value, count)
SELECT day, what, value, SUM(count) FROM {Span._meta.db_table} {_CHOSEN} GROUP BY day, what, value
"""  # noqa: S608
