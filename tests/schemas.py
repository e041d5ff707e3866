"""The test database: made once per worker, emptied after tests that commit; people and browsers for tests."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from bancheng.centres import hosts, migrating, onboarding
from bancheng.centres.models import Centre, Host
from bancheng.centres.scope import in_centre
from bancheng.privacy.append_only import TRUNCATE_DOOR
from tests import ground

PASSWORD = "Fanying-2026-chuangkou"
CODES = ("130700-office", "130700", "130722", "130726")
# What create_database puts there stays; all else is emptied. In public these are whole tables.
KEPT_IN_CENTRES = {"django_migrations", "django_content_type", "auth_permission"}
KEPT_IN_PUBLIC = ("django_migrations", "centres_", "timekeeping_", "catalogue_")

_centres: dict[str, Centre] = {}


def create_database() -> None:
    """A fresh test database with the public schema and CODES, dictionaries and calendar loaded."""
    connection.close_pool()
    name = connection.creation._create_test_db(verbosity=0, autoclobber=True, keepdb=False)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    ground.lay(_make)
    _centres.update({code: centre(code) for code in CODES})


def drop_database() -> None:
    """Remove the test database."""
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def centre(code: str) -> Centre:
    """A fresh object of one of CODES."""
    return Centre.objects.get(code=code)


def empty_database() -> None:
    """Put the database back to what create_database left, by the door that only a test database has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname ~ '^[co][0-9]' AND NOT nspname = ANY(%s)",
            [[c.schema_name for c in _centres.values()]],
        )
        for (schema,) in cursor.fetchall():
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
        _restore_registry()
        if tables := _filled(cursor, _tables(cursor)):
            cursor.execute(
                f"SET {TRUNCATE_DOOR} = 'on'; TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"
            )
            cursor.execute(f"RESET {TRUNCATE_DOOR}")


def forget_caches() -> None:
    """Drop what this process remembers of the registry."""
    hosts.forget()


def make_staff(centre: Centre, role: str, department: str = "", *, username: str = "", name: str = "") -> Any:
    """A person of `centre` with one role and, if named, in the department of that code; password PASSWORD."""
    from bancheng.identity.models import Department, Staff

    with in_centre(centre.code, allow_suspended=True):
        place = (
            Department.objects.get_or_create(code=department, defaults={"name": department})[0]
            if department
            else None
        )
        count = Staff.objects.count() + 1
        person = Staff(
            username=username or f"{role}{count}",
            name=name or f"测试{count}",
            roles=[role],
            department=place,
            must_change_password=False,
        )
        person.set_password(PASSWORD)
        person.save()
    return person


def client_for(centre: Centre, staff: Any = None) -> Client:
    """A browser at the centre's host, logged in when `staff` is given."""
    client = Client(HTTP_HOST=host_of(centre))
    if staff is not None:
        with in_centre(centre.code, allow_suspended=True):
            client.force_login(staff)
    return client


def api_for(centre: Centre, staff: Any = None) -> Any:
    """DRF's client at the centre's host, with the token of `staff` when given."""
    from rest_framework.authtoken.models import Token
    from rest_framework.test import APIClient

    client = APIClient(HTTP_HOST=host_of(centre))
    if staff is not None:
        with in_centre(centre.code, allow_suspended=True):
            token, _ = Token.objects.get_or_create(user=staff)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}", HTTP_HOST=host_of(centre))
    return client


def host_of(centre: Centre) -> str:
    """The host at which the centre is served."""
    return str(Host.objects.get(tenant=centre, is_primary=True).domain)


def _make() -> None:
    """Step by step, in an empty database."""
    migrating.migrate_schema("public", "public")
    onboarding.load_registry()
    call_command("calendar", "load")
    call_command("catalogue", "load")
    listed = {row["code"]: (place, row) for place, row in enumerate(onboarding.listed_centres(), start=1)}
    for code in CODES:
        place, row = listed[code]
        onboarding.add_centre(position=place, **row)


def _restore_registry() -> None:
    """The rows of CODES as they were made; centres that a test added are gone with their schemas."""
    Centre.objects.exclude(kind="public").exclude(code__in=CODES).delete()
    for made in _centres.values():
        made.save()
        Host.objects.filter(tenant=made).exclude(domain=onboarding.host_name(made.slug)).delete()


def _tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' OR schemaname ~ '^[co][0-9]'"
    )
    return [
        f'"{schema}"."{table}"'
        for schema, table in cursor.fetchall()
        if not (table.startswith(KEPT_IN_PUBLIC) if schema == "public" else table in KEPT_IN_CENTRES)
    ]


def _filled(cursor: Any, tables: list[str]) -> list[str]:
    """Those of the tables that have rows, found in one query: after most tests these are few."""
    each = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)  # noqa: S608  # from pg_tables
    cursor.execute(" UNION ALL ".join(each))
    return [row[0] for row in cursor.fetchall()]
