"""What the database's own catalogue says of the walls between the schemas."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import connection

from bancheng.centres.models import Centre

TENANT_APPS = ("identity", "privacy", "matters", "referrals", "replies")


def rows(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(str(value) for value in row) for row in cursor.fetchall()]


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    pass


def test_no_table_is_both_in_public_and_in_a_centre() -> None:
    shared = rows(
        "SELECT DISTINCT tablename FROM pg_tables WHERE schemaname = 'public'"
        " INTERSECT SELECT tablename FROM pg_tables WHERE schemaname ~ '^[co][0-9]'"
    )
    # Django's own record of what was applied where; the recorder is always asked in one schema alone.
    assert shared == [("django_migrations",)]


def test_no_foreign_key_leaves_its_schema() -> None:
    leaving = rows(
        "SELECT con.conname, here.nspname, there.nspname FROM pg_constraint con"
        " JOIN pg_class t ON t.oid = con.conrelid JOIN pg_namespace here ON here.oid = t.relnamespace"
        " JOIN pg_class f ON f.oid = con.confrelid JOIN pg_namespace there ON there.oid = f.relnamespace"
        " WHERE con.contype = 'f' AND here.oid <> there.oid"
    )
    assert leaving == []


def test_there_are_foreign_keys_to_judge() -> None:
    assert rows(
        "SELECT count(*) > 0 FROM pg_constraint con JOIN pg_namespace n ON n.oid = con.connamespace"
        " WHERE con.contype = 'f' AND n.nspname = 'c130722'"
    ) == [("True",)]


def test_public_holds_no_account_and_no_session() -> None:
    personal = rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename ~ '^(auth|authtoken|identity|django_session|privacy|matters|referrals|replies)'"
    )
    assert personal == []


def test_default_of_no_column_reaches_into_another_schema() -> None:
    reaching = rows(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns"
        " WHERE table_schema ~ '^[co][0-9]' AND column_default LIKE '%nextval(%'"
        " AND column_default NOT LIKE '%nextval(''' || table_schema || '.%'"
    )
    assert reaching == []


def test_centres_have_one_shape(zhangbei: Centre, yuxian: Centre) -> None:
    columns = rows(
        "SELECT table_schema, table_name, column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema IN ('c130722', 'c130726') ORDER BY 2, 3"
    )
    shapes = [[rest for schema, *rest in columns if schema == of.schema_name] for of in (zhangbei, yuxian)]
    assert shapes[0] == shapes[1] != []


def test_no_tenant_model_has_a_generic_foreign_key() -> None:
    found = [
        model._meta.label
        for label in TENANT_APPS
        for model in apps.get_app_config(label).get_models()
        if any(isinstance(field, GenericForeignKey) for field in model._meta.private_fields)
    ]
    assert found == []
