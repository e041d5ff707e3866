"""What somebody with the keys of the database could do to a timeline is found."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from bancheng.centres.scope import in_centre
from tests.desk import Desk


def tamper(statement: str) -> None:
    """Change the timeline with its triggers taken away."""
    with in_centre("130722"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE matters_event DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE matters_event ENABLE TRIGGER USER")


@pytest.fixture
def matter(zhangbei: Any) -> Any:
    with in_centre("130722"):
        return Desk(zhangbei).handling()


def test_whole_timelines_are_said_to_be_whole(matter: Any) -> None:
    told = StringIO()
    call_command("timelines", "verify", "--centre", "130722", stdout=told)
    assert "130722 完整" in told.getvalue()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE matters_event SET actor_label = 'x' WHERE seq = 2",
        "UPDATE matters_event SET data = '{}' WHERE seq = 1",
        "DELETE FROM matters_event WHERE seq = 3",
        "DELETE FROM matters_event WHERE seq = 5",
        "DELETE FROM matters_event",
    ],
)
def test_a_changed_or_cut_timeline_is_named(matter: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    tamper(statement)

    told = StringIO()
    with pytest.raises(CommandError):
        call_command("timelines", "verify", "--centre", "130722", stdout=told, no_color=True)
    assert matter.machine_number in told.getvalue()


@pytest.mark.parametrize("statement", ["UPDATE matters_event SET act = 'x'", "DELETE FROM matters_event"])
def test_the_database_refuses_to_change_a_timeline(matter: Any, statement: str) -> None:
    with (
        in_centre("130722"),
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
