"""Rolling out by replay leaves a schema exactly as migrating does, and refuses what it cannot foresee."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models
from django.db.migrations import Migration

from bancheng.centres import migrating, rollout
from bancheng.centres.models import Kind
from bancheng.privacy.append_only import AppendOnly
from bancheng.tenancy import current_schema
from tests.catalogues import everything_in

# An app with several migrations, keys into other apps, and triggers that keep its rows; none builds on it.
BACK = "replies"
OLD = (("c130722", Kind.CENTRE), ("c130726", Kind.CENTRE))


def go_back(schema: str) -> None:
    """As if the app had never been migrated here: done by hand, where Django would render every model."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname = %s AND starts_with(tablename, %s)",
            [schema, f"{BACK}_"],
        )
        cursor.execute(f"DROP TABLE {', '.join(table for (table,) in cursor.fetchall())} CASCADE")
        cursor.execute(f"DELETE FROM {schema}.django_migrations WHERE app = %s", [BACK])  # noqa: S608
        cursor.execute(
            f"DELETE FROM {schema}.auth_permission USING {schema}.django_content_type c"  # noqa: S608
            " WHERE c.id = content_type_id AND c.app_label = %s",
            [BACK],
        )
        cursor.execute(f"DELETE FROM {schema}.django_content_type WHERE app_label = %s", [BACK])  # noqa: S608


@pytest.fixture
def behind(transactional_db: None) -> Iterator[None]:
    """Two centres as an older release left them; brought up to date afterwards whatever the test did."""
    for schema, _ in OLD:
        go_back(schema)
    yield
    connection.set_schema_to_public()
    list(rollout.roll_out(OLD))


def test_schemas_that_are_behind_are_found(behind: None) -> None:
    assert migrating.behind(["c130700", "c130722", "c130726"]) == ["c130722", "c130726"]


def test_replayed_schemas_equal_one_that_was_never_behind(behind: None) -> None:
    steps = list(rollout.roll_out([("c130700", Kind.CENTRE), *OLD]))
    assert steps == [rollout.Step("c130722", True), rollout.Step("c130726", True)]
    expected = everything_in("c130700")
    for schema, _ in OLD:
        assert everything_in(schema) == expected


def test_public_is_served_afterwards(behind: None) -> None:
    list(rollout.roll_out(OLD))
    assert current_schema() == "public"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        assert cursor.fetchone() == ("public",)


def test_schema_that_moved_on_meanwhile_is_migrated(behind: None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = rollout._write

    def move_on(schema: str, kind: str) -> rollout._Script | None:
        script = real(schema, kind)
        migrating.migrate_schema("c130726", kind)
        return script

    monkeypatch.setattr(rollout, "_write", move_on)
    assert list(rollout.roll_out(OLD)) == [rollout.Step("c130722", True), rollout.Step("c130726", False)]
    assert everything_in("c130726") == everything_in("c130700")


def test_failing_schema_is_untouched(behind: None) -> None:
    before = everything_in("c130722")
    script = rollout._write("c130722", Kind.CENTRE)
    assert script is not None
    broken = rollout._Script(script.statements + "SELECT 1/0;", script.records, script.labels)
    with pytest.raises(DatabaseError):
        broken.replay("c130722", Kind.CENTRE, migrating.applied("c130722"))
    assert everything_in("c130722") == before


def test_empty_schema_is_migrated(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA c999999")
    assert list(rollout.roll_out([("c999999", Kind.OFFICE)])) == [rollout.Step("c999999", False)]


def migration(*operations: migrations.operations.base.Operation, atomic: bool = True) -> Migration:
    made = Migration("0002_tests", "identity")
    made.operations, made.atomic = list(operations), atomic
    return made


FIELD = models.CharField(max_length=9, default="")


@pytest.mark.parametrize(
    ("plan", "foreseeable"),
    [
        (migration(migrations.AddField("staff", "note", FIELD), AppendOnly("staff")), True),
        (migration(migrations.RunPython(lambda apps, editor: None)), False),
        (migration(migrations.RunSQL("SELECT 1")), False),
        (migration(migrations.SeparateDatabaseAndState()), False),
        (migration(migrations.RenameModel("Staff", "Person")), False),
        (migration(migrations.AddField("staff", "note", FIELD), atomic=False), False),
    ],
    ids=[
        "fields and triggers",
        "RunPython",
        "RunSQL",
        "SeparateDatabaseAndState",
        "RenameModel",
        "not atomic",
    ],
)
def test_only_what_is_plain_sql_is_foreseeable(plan: Migration, foreseeable: bool) -> None:
    assert rollout._foreseeable(plan) is foreseeable


def test_looking_into_the_database_is_noticed(db: None) -> None:
    with connection.execute_wrapper(rollout._refuse_to_look), pytest.raises(rollout._LooksIntoTheDatabase):
        connection.introspection.get_constraints(connection.cursor(), "centres_centre")


def test_command_tells_what_it_did(behind: None) -> None:
    out = StringIO()
    call_command("migrate_all", stdout=out)
    assert "c130722 已升级\nc130726 已升级\n" in out.getvalue()
    assert "升级 2 个" in out.getvalue()
