"""One worker at a time at a counterpart's door: who is slow or dead holds up one worker and nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection


@contextmanager
def inside(door: str, *, wait: bool = False) -> Iterator[bool]:
    """Whether we alone work at this door until the end of the block; with `wait`, once the other has left.

    The lock belongs to the session, not to a transaction: it may be held while a peer takes its time, and is
    gone with the connection when the worker dies. Whoever was turned away need not come back: see
    `dispatch.deliver_due`, which looks again after leaving.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAIT if wait else _TRY, [f"exchange door {door}"])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            _leave(door)


def _leave(door: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"exchange door {door}"])
    except (OperationalError, InterfaceError):
        # Never back to the pool with the lock: the session ends here, and the lock with it.
        if connection.connection is not None:
            connection.connection.close()
        connection.close()


_TRY = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_WAIT = "SELECT pg_advisory_lock(hashtextextended(%s, 0)) IS NOT NULL"
