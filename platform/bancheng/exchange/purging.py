"""Old headers go; bodies left with the receipt."""

from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from bancheng.timekeeping import clock

KEPT_DAYS: Final = 400
"""A year, the weeks in which its figures are checked, and some (house rule)."""
CASES_AT_ONCE: Final = 500


def purge(*, kept_days: int = KEPT_DAYS) -> int:
    """Remove the messages and arrivals of every case in which nothing is under way and nothing moved of late.

    Returns how many rows are gone. The numbers of the lines stay, so that a message that comes again after
    that is refused and not applied once more. Safe to repeat and to kill: each few cases commit alone.
    """
    before = clock.now() - timedelta(days=kept_days)
    gone = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_OLD_CASES, {"before": before, "limit": CASES_AT_ONCE})
            cases = [row[0] for row in cursor.fetchall()]
            for delete in _REMOVE:
                cursor.execute(delete, {"cases": cases, "before": before})
                gone += cursor.rowcount
        if not cases:
            return gone


_OLD_CASES: Final = """
SELECT DISTINCT old.case_id FROM (
    SELECT case_id FROM exchange_message WHERE created_at < %(before)s
    UNION SELECT case_id FROM exchange_inbox WHERE created_at < %(before)s
) old
WHERE NOT EXISTS (
    SELECT FROM exchange_message m WHERE m.case_id = old.case_id
    AND (m.state <> 'delivered' OR m.created_at >= %(before)s OR m.delivered_at >= %(before)s))
AND NOT EXISTS (
    SELECT FROM exchange_inbox i WHERE i.case_id = old.case_id
    AND (i.state <> 'applied' OR i.created_at >= %(before)s OR i.received_at >= %(before)s))
LIMIT %(limit)s
"""
# By state and age once more: what was posted in the meantime stays.
_REMOVE: Final = (
    "DELETE FROM exchange_message"
    " WHERE case_id = ANY(%(cases)s) AND state = 'delivered' AND created_at < %(before)s",
    "DELETE FROM exchange_inbox"
    " WHERE case_id = ANY(%(cases)s) AND state = 'applied' AND created_at < %(before)s",
)
