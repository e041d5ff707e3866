"""Jobs that run once per period however many beats there are, and signs of life; by the database clock."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models.functions import Now

from bancheng.centres.models import Heartbeat, PeriodicRun
from bancheng.centres.scope import in_public

# A run that neither finished nor failed within this time died with its worker; another may take it over.
ABANDONED_AFTER_SECONDS = 600

_CLAIM = """
INSERT INTO public.centres_periodicrun AS run (job, period, started_at, outcome)
VALUES (%(job)s, %(period)s, now(), '')
ON CONFLICT (job, period) DO UPDATE SET started_at = now(), finished_at = NULL, outcome = ''
WHERE run.outcome = 'failed'
   OR (run.finished_at IS NULL AND run.started_at < now() - make_interval(secs => %(abandoned)s))
RETURNING run.id
"""


@contextmanager
def once(*, job: str, period: str) -> Iterator[bool]:
    """`with once(job=…, period="2026-11-24") as mine`: `mine` is true for exactly one caller per period.

    The claim is committed before the body runs, so call it outside a transaction. A run that raised can
    be claimed again, and so can one that died, after ABANDONED_AFTER_SECONDS; its work must bear repeating.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"job": job, "period": period, "abandoned": ABANDONED_AFTER_SECONDS})
        claimed = cursor.fetchone()
    if claimed is None:
        yield False
        return
    outcome = "failed"
    try:
        yield True
        outcome = "done"
    finally:
        with in_public():
            PeriodicRun.objects.filter(pk=claimed[0]).update(finished_at=Now(), outcome=outcome)


def beat(name: str) -> None:
    """Show that the part of this name lives."""
    with in_public():
        Heartbeat.objects.update_or_create(name=name, defaults={"at": Now()})


def seconds_since(name: str) -> float | None:
    """How long ago the part of this name last showed that it lives; None if it never did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM now() - at) FROM public.centres_heartbeat WHERE name = %s", [name]
        )
        row = cursor.fetchone()
    return float(row[0]) if row else None
