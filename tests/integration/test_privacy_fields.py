"""Encrypted fields in real tables: sealed in the database, clear in the code, bound to where they are."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from bancheng.centres.scope import in_centre
from bancheng.privacy.fields import EncryptedJSONField, EncryptedTextField, Undecipherable


@pytest.fixture
def slip(zhangbei: Any, yuxian: Any) -> Iterator[Any]:
    """A model with encrypted fields, its table in both counties, the test inside the first."""
    with isolate_apps("bancheng.privacy"):

        class Slip(models.Model):
            number = models.IntegerField(primary_key=True)
            text = EncryptedTextField(null=True, max_length=200)
            other = EncryptedTextField(default="")
            facts = EncryptedJSONField(null=True)

            class Meta:
                app_label = "privacy"

            def __str__(self) -> str:
                return str(self.number)

        for code in (yuxian.code, zhangbei.code):
            with in_centre(code), connection.schema_editor() as editor:
                editor.create_model(Slip)
        with in_centre(zhangbei.code):
            yield Slip


def stored(column: str) -> Any:
    """What the database holds in the only row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, other, facts FROM privacy_slip")
        row = dict(zip(("text", "other", "facts"), cursor.fetchone(), strict=True))
    return row[column]


@pytest.mark.parametrize("clear", ["示例人员", "", "a" * 10_000, "\x00\n"])
def test_text_comes_back_as_it_was_saved(slip: Any, clear: str) -> None:
    slip.objects.create(number=1, text=clear)

    assert slip.objects.get().text == clear


def test_the_database_holds_no_clear_value(slip: Any) -> None:
    slip.objects.create(number=1, text="示例人员甲", facts={"电话": "13812341234"})

    assert "示例".encode() not in stored("text")
    assert b"13812341234" not in stored("facts")


def test_an_empty_text_is_sealed_and_null_stays_null(slip: Any) -> None:
    slip.objects.create(number=1, text=None, other="")

    assert stored("text") is None
    assert len(stored("other")) == 33
    assert slip.objects.get().text is None


def test_json_comes_back_as_a_value(slip: Any) -> None:
    slip.objects.create(number=1, facts={"a": [1, None, "中"], "on": dt.date(2026, 1, 2)})

    assert slip.objects.get().facts == {"a": [1, None, "中"], "on": "2026-01-02"}


def test_updates_of_every_kind_are_sealed(slip: Any) -> None:
    one, two = slip.objects.create(number=1), slip.objects.create(number=2)
    slip.objects.filter(number=1).update(text="甲")
    two.text, two.other = None, "丙"
    slip.objects.bulk_update([two], ["text", "other"])
    slip.objects.bulk_create([slip(number=3, text="丁")])
    one.refresh_from_db()
    one.other = "乙"
    one.save(update_fields=["other"])

    rows = slip.objects.order_by("number").values_list("text", "other")

    assert list(rows) == [("甲", "乙"), (None, "丙"), ("丁", "")]


def test_a_value_moved_to_another_column_cannot_be_read(slip: Any) -> None:
    slip.objects.create(number=1, text="甲")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_slip SET other = text")

    with pytest.raises(Undecipherable):
        slip.objects.get()


def test_a_row_moved_to_another_centre_cannot_be_read(slip: Any, yuxian: Any) -> None:
    slip.objects.create(number=1, text="甲")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO c130726.privacy_slip SELECT * FROM c130722.privacy_slip")

    with in_centre(yuxian.code), pytest.raises(Undecipherable, match="c130726"):
        slip.objects.get()


def test_an_altered_byte_cannot_be_read(slip: Any) -> None:
    slip.objects.create(number=1, text="甲")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_slip SET text = set_byte(text, 20, get_byte(text, 20) # 1)")

    with pytest.raises(Undecipherable, match=r"privacy_slip\.text: altered"):
        slip.objects.get()


@pytest.mark.parametrize(
    "condition",
    [{"text": "甲"}, {"text": None}, {"text__in": ["甲"]}, {"text__contains": "甲"}, {"facts__a": 1}],
)
def test_searching_by_an_encrypted_field_is_refused(slip: Any, condition: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match="encrypted"):
        slip.objects.filter(**condition).exists()


def test_having_a_value_or_none_can_be_asked(slip: Any) -> None:
    slip.objects.create(number=1, text="甲")
    slip.objects.create(number=2)

    assert slip.objects.get(text__isnull=True).number == 2


def test_a_serialised_dump_is_refused(slip: Any) -> None:
    slip.objects.create(number=1, text="甲")

    with pytest.raises(FieldError, match="serialisation"):
        serializers.serialize("json", slip.objects.all())


def test_a_migration_can_write_the_field_down() -> None:
    line, imports = MigrationWriter.serialize(EncryptedTextField("理由", max_length=9))

    assert line == "bancheng.privacy.fields.EncryptedTextField(max_length=9, verbose_name='理由')"
    assert imports == {"import bancheng.privacy.fields"}


def test_a_form_checks_the_length(slip: Any) -> None:
    field = slip._meta.get_field("text").formfield()

    assert field.max_length == 200


def test_a_field_of_the_public_schema_opens_from_every_centre(zhangbei: Any, yuxian: Any) -> None:
    with isolate_apps("bancheng.exchange"):

        class Parcel(models.Model):
            body = EncryptedTextField()

            class Meta:
                app_label = "exchange"

            def __str__(self) -> str:
                return "parcel"

    field = Parcel._meta.get_field("body")
    with in_centre(zhangbei.code):
        sealed = field.get_db_prep_value("甲", connection).obj  # psycopg's wrapper around bytes
    with in_centre(yuxian.code):
        assert field.from_db_value(sealed, None, connection) == "甲"
