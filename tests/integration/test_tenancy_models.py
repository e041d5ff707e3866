"""Rows and querysets of one centre refuse to be used in another, or nowhere at all."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.db.models import Count

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.models import Department, Staff
from bancheng.tenancy import WrongSchema

Use = Callable[[Any], Any]


def department(code: str, name: str = "社保") -> Department:
    return Department.objects.create(code=code, name=name)


EVALUATIONS: dict[str, Use] = {
    "list": list,
    "len": len,
    "bool": bool,
    "first": lambda rows: rows.first(),
    "index": lambda rows: rows[0],
    "get": lambda rows: rows.get(code="SB"),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "contains": lambda rows: rows.contains(Department(code="SB")),
    "iterator": lambda rows: list(rows.iterator()),
    "values": lambda rows: list(rows.values("name")),
    "values_list": lambda rows: list(rows.values_list("name", flat=True)),
    "in_bulk": lambda rows: rows.in_bulk(),
    "aggregate": lambda rows: rows.aggregate(n=Count("pk")),
    "filtered": lambda rows: list(rows.filter(name="社保").order_by("name")),
    "union": lambda rows: list(rows.union(Department.objects.all())),
    "subquery": lambda rows: list(Department.objects.filter(code__in=rows)),
    "update": lambda rows: rows.update(name="改"),
    "delete": lambda rows: rows.delete(),
    "raw_delete": lambda rows: rows._raw_delete("default"),
    "update_by_subquery": lambda rows: Department.objects.filter(code__in=rows.values("code")).update(
        name="改"
    ),
    "get_or_create": lambda rows: rows.get_or_create(code="SB"),
    "update_or_create": lambda rows: rows.update_or_create(code="SB", defaults={"name": "改"}),
}


@pytest.mark.parametrize("use", EVALUATIONS.values(), ids=EVALUATIONS)
def test_lazy_queryset_refuses_another_centre(zhangbei: Centre, use: Use) -> None:
    with in_centre("130726"):
        department("SB", "蔚县社保")
    with in_centre("130722"):
        rows = Department.objects.all()
    with in_centre("130726"):
        with pytest.raises(WrongSchema), transaction.atomic():
            use(rows)
        assert Department.objects.get().name == "蔚县社保"


@pytest.mark.parametrize("use", EVALUATIONS.values(), ids=EVALUATIONS)
def test_lazy_queryset_refuses_public(zhangbei: Centre, use: Use) -> None:
    with in_centre("130722"):
        rows = Department.objects.all()
    with pytest.raises(WrongSchema):
        use(rows)


@pytest.mark.parametrize("use", EVALUATIONS.values(), ids=EVALUATIONS)
def test_queryset_works_where_it_was_made(in_zhangbei: Centre, use: Use) -> None:
    department("SB")
    use(Department.objects.all())


def test_rows_read_before_the_switch_stay_readable(zhangbei: Centre) -> None:
    with in_centre("130722"):
        department("SB")
        rows = Department.objects.all()
        assert len(rows) == 1
    assert [row.name for row in rows] == ["社保"]


def test_queryset_made_at_import_serves_each_centre_by_its_clones(zhangbei: Centre) -> None:
    of_a_form_class = Department.objects.all()
    for code in ("130722", "130726"):
        with in_centre(code):
            department("SB", code)
            clone = of_a_form_class.all()
            assert [row.name for row in clone] == [code]
    with in_centre("130722"), pytest.raises(WrongSchema):
        clone.filter(name="130722").count()


CHANGES: dict[str, Use] = {
    "save": lambda row: row.save(),
    "force_insert": lambda row: row.save(force_insert=True),
    "update_fields": lambda row: row.save(update_fields=["name"]),
    "delete": lambda row: row.delete(),
    "refresh": lambda row: row.refresh_from_db(),
    "bulk_update": lambda row: Department.objects.bulk_update([row], ["name"]),
    "bulk_create": lambda row: Department.objects.bulk_create([row], ignore_conflicts=True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("made_by", ["create", "get", "bulk_create"])
def test_row_of_the_same_key_in_another_centre_is_untouched(
    zhangbei: Centre, made_by: str, change: Use
) -> None:
    with in_centre("130726"):
        department("SB", "蔚县社保")
    with in_centre("130722"):
        row = department("SB", "张北社保")
        if made_by == "get":
            row = Department.objects.get(code="SB")
        elif made_by == "bulk_create":
            (row,) = Department.objects.bulk_create([Department(code="YB", name="张北医保")])
    row.name = "改"
    with in_centre("130726"):
        with pytest.raises(WrongSchema):
            change(row)
        assert [place.name for place in Department.objects.all()] == ["蔚县社保"]


def test_related_manager_refuses_another_centre(zhangbei: Centre) -> None:
    with in_centre("130722"):
        row = department("SB")
    with in_centre("130726"), pytest.raises(WrongSchema):
        list(row.staff.all())


def test_related_row_refuses_another_centre(zhangbei: Centre, make_staff: Callable[..., Staff]) -> None:
    with in_centre("130726"):
        department("SB", "蔚县社保")
    made = make_staff(zhangbei, "handler", "SB")
    with in_centre("130722"):
        person = Staff.objects.get(pk=made.pk)
    with in_centre("130726"), pytest.raises(WrongSchema):
        _ = person.department


def test_deferred_field_refuses_another_centre(zhangbei: Centre) -> None:
    with in_centre("130726"):
        department("SB", "蔚县社保")
    with in_centre("130722"):
        department("SB", "张北社保")
        row = Department.objects.only("code").get()
    with in_centre("130726"), pytest.raises(WrongSchema):
        _ = row.name


def test_tenant_table_is_not_there_in_public(zhangbei: Centre) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        Department.objects.count()


def test_new_thread_sees_nothing_of_the_centre(zhangbei: Centre, at_once: Callable[..., list[Any]]) -> None:
    with in_centre("130722"):
        rows = Department.objects.all()
        lazy, fresh = at_once(rows.count, Department.objects.count)
    assert isinstance(lazy, WrongSchema)
    assert isinstance(fresh, DatabaseError)


def test_cache_of_one_centre_is_unknown_in_another(zhangbei: Centre) -> None:
    with in_centre("130722"):
        cache.set("answer", "张北")
    with in_centre("130726"):
        assert cache.get("answer") is None
    assert cache.get("answer") is None
    with in_centre("130722"):
        assert cache.get("answer") == "张北"


def test_cache_of_a_thread_without_centre_is_publics(
    zhangbei: Centre, at_once: Callable[..., list[Any]]
) -> None:
    with in_centre("130722"):
        cache.set("answer", "张北")
        assert at_once(lambda: cache.get("answer")) == [None]


def test_content_types_are_read_anew_in_each_centre(zhangbei: Centre) -> None:
    with in_centre("130722"):
        ContentType.objects.get_for_model(Department)
    with in_centre("130726"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE auth_permission CASCADE")
        cursor.execute("UPDATE django_content_type SET id = 987654 WHERE model = 'department'")
        assert ContentType.objects.get_for_model(Department).pk == 987654


def test_schema_of_a_connection_is_its_threads_own(zhangbei: Centre) -> None:
    seen: list[str] = []
    with in_centre("130722"):
        thread = threading.Thread(target=lambda: seen.append(str(connection.schema_name)))
        thread.start()
        thread.join()
    assert seen == ["public"]
