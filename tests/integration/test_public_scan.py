"""After the invented year no name, card, phone or address of anybody stands anywhere in the public schema.

Every value of every column of every public table is read, whatever its type and whatever it is for; a table
that is added tomorrow is read too.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from bancheng.centres.models import Centre, Kind
from bancheng.centres.scope import in_centre
from bancheng.identity.models import Staff
from tenants.matters.models import Reporter
from tests.integration.demo_year import CODES, make

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@pytest.fixture(scope="module")
def whole_year(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        make(60)
        yield
        transaction.set_rollback(True)


def values() -> Iterator[tuple[str, str]]:
    """Every value in public as a text, with the name of its column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM public."{table}"')  # noqa: S608  # from pg_tables
            columns = [f"{table}.{column.name}" for column in cursor.description]
            for row in cursor:
                yield from zip(columns, map(spelled_out, row), strict=True)


def spelled_out(value: Any) -> str:
    """Bytes as the text that they may be, structures as JSON, and without \\u spellings."""
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode(errors="ignore")
    elif isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))


def personal() -> set[str]:
    """What is known of reporters, of those for whom they came, and of those who work there."""
    found: set[str | None] = set()
    for code in CODES:
        with in_centre(code):
            for each in Reporter.objects.all():
                found |= {each.name, each.identifier, each.phone, each.address}
                found |= {each.principal_name, each.principal_identifier}
            found |= set(Staff.objects.values_list("name", flat=True))
    return {each for each in found if each}


def found_in_public(secrets: set[str]) -> list[str]:
    """Columns in which one of them stands, with what it is."""
    longest_first = sorted(secrets, key=len, reverse=True)
    anything = re.compile("|".join(map(re.escape, longest_first)))
    return sorted({f"{column}: {hit[0]}" for column, text in values() if (hit := anything.search(text))})


def test_nothing_personal_of_the_year_stands_in_public(whole_year: None, db: None) -> None:
    secrets = personal()
    assert len(secrets) > 150
    assert found_in_public(secrets) == []


@pytest.mark.parametrize(
    "spelled",
    [
        "为{name}办理",
        '{{"to": "{name}"}}',
        pytest.param("\\u6b27\\u9633\\u793a\\u4f8b", id="escaped"),
    ],
)
def test_a_name_that_is_planted_is_found(db: None, spelled: str) -> None:
    name = "欧阳示例"
    Centre.objects.filter(kind=Kind.OFFICE).update(name=spelled.format(name=name))
    assert found_in_public({name, "130722196003071234"}) == [f"centres_centre.name: {name}"]


def test_a_name_in_bytes_or_in_a_structure_is_found() -> None:
    name = "欧阳示例"
    assert name in spelled_out(memoryview(b"\x00\xff" + name.encode()))
    assert name in spelled_out([{"deep": [name]}])
