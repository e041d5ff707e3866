"""Tables that only grow refuse every change in the database itself; the tests' door is shut elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.migrations.state import ProjectState

from bancheng.centres.scope import in_centre
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.privacy.append_only import TRUNCATE_DOOR, AppendOnly
from bancheng.privacy.models import AuditEntry

OPEN_DOOR = f"SET LOCAL {TRUNCATE_DOOR} = 'on'"
SYSTEM = Actor.system("系统", "130722")


@pytest.fixture
def entry(in_zhangbei: Any) -> AuditEntry:
    return audit.record(actor=SYSTEM, act="test.act", subject=("test", "1"))


def attempt(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_auditentry SET act = 'other'",
        "DELETE FROM privacy_auditentry",
        "INSERT INTO privacy_auditentry SELECT * FROM privacy_auditentry"
        " ON CONFLICT (id) DO UPDATE SET act = 'other'",
    ],
)
def test_change_is_refused_whoever_asks(entry: AuditEntry, statement: str) -> None:
    with pytest.raises(IntegrityError, match=r"table c130722\.privacy_auditentry only grows"):
        attempt(statement)

    assert AuditEntry.objects.get().act == "test.act"


def test_change_is_refused_to_a_replica_session_too(entry: AuditEntry) -> None:
    with pytest.raises(IntegrityError, match="only grows"):
        attempt("SET LOCAL session_replication_role = replica; DELETE FROM privacy_auditentry")


def test_the_orm_is_refused_too(entry: AuditEntry) -> None:
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        entry.save()
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        entry.delete()


def test_truncate_is_refused_while_the_door_is_shut(entry: AuditEntry) -> None:
    with pytest.raises(IntegrityError, match="TRUNCATE refused"):
        attempt("TRUNCATE privacy_auditentry CASCADE")


def test_the_door_opens_truncate_in_a_test_database(entry: AuditEntry) -> None:
    attempt("; ".join([OPEN_DOOR, "TRUNCATE privacy_auditentry"]))

    assert not AuditEntry.objects.exists()


def test_the_door_does_not_open_update_or_delete(entry: AuditEntry) -> None:
    with pytest.raises(IntegrityError, match="DELETE refused"):
        attempt("; ".join([OPEN_DOOR, "DELETE FROM privacy_auditentry"]))


@contextmanager
def database_named(name: str) -> Iterator[psycopg.Connection[Any]]:
    """Another database on the same server, with an append-only table made by the same operation."""
    here = connection.settings_dict
    login = {"host": here["HOST"], "port": here["PORT"], "user": here["USER"], "password": here["PASSWORD"]}
    with psycopg.connect(dbname=here["NAME"], autocommit=True, **login) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            with psycopg.connect(dbname=name, autocommit=True, **login) as elsewhere:
                elsewhere.execute("CREATE TABLE privacy_auditentry (seq bigint)")
                for statement in collected():
                    elsewhere.execute(statement)
                yield elsewhere
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def collected() -> list[str]:
    """The SQL of the operation in the schema served now."""
    state = ProjectState.from_apps(apps)
    with connection.schema_editor(collect_sql=True) as editor:
        AppendOnly("AuditEntry").database_forwards("privacy", editor, state, state)
    return list(editor.collected_sql)


def test_the_door_is_shut_in_a_database_not_named_for_tests(in_zhangbei: Any) -> None:
    with database_named(f"shut_{connection.settings_dict['NAME']}") as elsewhere:
        elsewhere.execute(f"SET {TRUNCATE_DOOR} = 'on'")

        with pytest.raises(psycopg.errors.RestrictViolation, match="TRUNCATE refused"):
            elsewhere.execute("TRUNCATE privacy_auditentry")


def test_the_name_alone_does_not_open_the_door(in_zhangbei: Any) -> None:
    with database_named(f"test_2_{connection.settings_dict['NAME']}") as elsewhere:
        with pytest.raises(psycopg.errors.RestrictViolation, match="TRUNCATE refused"):
            elsewhere.execute("TRUNCATE privacy_auditentry")
        elsewhere.execute(f"SET {TRUNCATE_DOOR} = 'on'")
        elsewhere.execute("TRUNCATE privacy_auditentry")


def test_every_schema_has_a_trigger_function_of_its_own(in_zhangbei: Any, yuxian: Any, office: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT table_space.nspname, function_space.nspname
              FROM pg_trigger
              JOIN pg_class ON pg_class.oid = tgrelid
              JOIN pg_namespace table_space ON table_space.oid = relnamespace
              JOIN pg_proc ON pg_proc.oid = tgfoid
              JOIN pg_namespace function_space ON function_space.oid = pronamespace
             WHERE proname = 'refuse_change'
            """
        )
        pairs = set(cursor.fetchall())

    assert {("c130722", "c130722"), ("c130726", "c130726"), ("o130700", "o130700")} <= pairs
    assert all(table == function for table, function in pairs)


def test_the_trigger_function_names_no_schema(in_zhangbei: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE oid = 'c130722.refuse_change'::regproc")
        body = cursor.fetchone()[0]

    assert "c130722" not in body
    assert "public" not in body


def test_the_trigger_works_on_after_the_schema_is_renamed(entry: AuditEntry) -> None:
    attempt("ALTER SCHEMA c130722 RENAME TO c999999")

    with pytest.raises(IntegrityError, match=r"table c999999\.privacy_auditentry only grows"):
        attempt("DELETE FROM c999999.privacy_auditentry")


def test_the_migration_can_be_taken_back(entry: AuditEntry) -> None:
    state = ProjectState.from_apps(apps)
    with connection.schema_editor() as editor:
        AppendOnly("AuditEntry").database_backwards("privacy", editor, state, state)

    attempt("DELETE FROM privacy_auditentry")

    assert not AuditEntry.objects.exists()


def test_a_schema_without_the_table_is_left_alone(db: None) -> None:
    assert collected() == []


def test_the_operation_can_be_replayed_from_its_sql_in_any_schema(in_zhangbei: Any) -> None:
    statements = collected()

    assert sum("CREATE TRIGGER" in statement for statement in statements) == 2
    assert not any("c130722" in statement for statement in statements)


def test_rows_can_still_be_added(entry: AuditEntry, yuxian: Any) -> None:
    with in_centre(yuxian.code):
        audit.record(actor=SYSTEM, act="test.other", subject=("test", "2"))

        assert AuditEntry.objects.get().act == "test.other"
