"""A new centre: whole or not at all, exact, and with a sentence for whatever is wrong."""

import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from bancheng.centres import migrating, onboarding, templates
from bancheng.centres.models import Centre, Host, Kind, OutsideOffice
from bancheng.centres.scope import UnknownCentre, in_centre
from bancheng.errors import Conflict, Invalid
from bancheng.identity.models import Department
from bancheng.privacy.models import AuditEntry
from tests.catalogues import everything_in

KANGBAO = {"code": "130723", "slug": "kangbao", "name": "康保县社会保险服务中心", "short_name": "康保县"}


@pytest.fixture
def no_pg_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "find_postgres_tool", lambda name: None)
    templates.SchemaTemplate.objects.all().delete()


@pytest.fixture
def templates_kept(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests that lose the templates put them back as they were."""
    kept = list(templates.SchemaTemplate.objects.all())
    yield
    monkeypatch.undo()
    templates.SchemaTemplate.objects.all().delete()
    templates.SchemaTemplate.objects.bulk_create(kept)


@pytest.mark.parametrize(("kind", "schema"), [(Kind.CENTRE, "c130722"), (Kind.OFFICE, "o130700")])
def test_replayed_schema_is_exactly_a_migrated_one(transactional_db: None, kind: Kind, schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA c999999")
    migrating.migrate_schema("c999999", kind)
    migrated, replayed = everything_in("c999999"), everything_in(schema)
    for name in migrated:
        assert replayed[name] == migrated[name], name
    assert migrated["triggers"] != []


def test_new_centre_is_registered_reachable_and_empty(db: None) -> None:
    centre = onboarding.add_centre(**KANGBAO)
    assert (centre.schema_name, Host.objects.get(tenant=centre).domain) == ("c130723", "kangbao.localhost")
    with in_centre("130723"):
        assert Department.objects.count() == 0


def test_new_centre_records_every_migration_of_the_release(db: None) -> None:
    onboarding.add_centre(**KANGBAO)
    assert migrating.behind(["c130723"]) == []


def test_counters_of_a_new_centre_go_on_after_the_rows_of_the_template(db: None) -> None:
    onboarding.add_centre(**KANGBAO)
    with in_centre("130723"):
        highest = ContentType.objects.order_by("-pk")[0].pk
        assert ContentType.objects.create(app_label="tests", model="note").pk == highest + 1


def test_failure_leaves_neither_row_nor_schema(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sql = templates.template_sql(Kind.CENTRE)
    monkeypatch.setattr(templates, "template_sql", lambda kind: sql + "SELECT 1/0;")
    with pytest.raises(DatabaseError), transaction.atomic():
        onboarding.add_centre(**KANGBAO)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('c130723')")
        assert cursor.fetchone() == (None,)
    assert not Centre.objects.filter(code="130723").exists()
    assert not Host.objects.filter(domain="kangbao.localhost").exists()


def test_without_pg_dump_a_centre_is_migrated(
    templates_kept: None, no_pg_dump: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        onboarding.add_centre(**KANGBAO)
    assert "migrated step by step" in caplog.text
    assert migrating.behind(["c130723"]) == []


def test_failed_migrating_leaves_neither_row_nor_schema(
    templates_kept: None, no_pg_dump: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(schema: str, kind: str) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(migrating, "migrate_schema", fail)
    with pytest.raises(DatabaseError, match="disk full"):
        onboarding.add_centre(**KANGBAO)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('c130723')")
        assert cursor.fetchone() == (None,)
    assert not Centre.objects.filter(code="130723").exists()


def test_pg_dump_older_than_the_server_is_not_used(
    templates_kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates.SchemaTemplate.objects.all().delete()
    monkeypatch.setattr(templates, "version_of", lambda program: "9.6.24")
    with pytest.raises(templates.NoTemplate, match="older"):
        templates.template_sql(Kind.CENTRE)


def test_edited_migration_makes_a_new_template(templates_kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    templates.SchemaTemplate.objects.update(sql="old")
    monkeypatch.setattr(migrating, "fingerprint", lambda: "another")
    assert templates.template_sql(Kind.OFFICE).startswith("CREATE SCHEMA")
    monkeypatch.undo()
    templates.SchemaTemplate.objects.all().delete()


def test_two_operators_at_once_make_one_centre(at_once: Callable[..., list[Any]]) -> None:
    results = at_once(*[lambda: onboarding.add_centre(**KANGBAO)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Centre", "Conflict"]
    assert migrating.behind(["c130723"]) == []


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"code": "13072"}, "code", "六位数字"),
        ({"code": "c130723"}, "code", "六位数字"),
        ({"code": "130723-office"}, "code", "六位数字"),
        ({"code": "13０７23"}, "code", "六位数字"),
        ({"slug": "KangBao"}, "slug", "小写字母"),
        ({"slug": "kang_bao"}, "slug", "小写字母"),
        ({"slug": "-kangbao"}, "slug", "小写字母"),
        ({"slug": "康保"}, "slug", "小写字母"),
        ({"slug": "kangbao\n"}, "slug", "小写字母"),
        ({"slug": "k" * 41}, "slug", "40"),
        ({"slug": "api"}, "slug", "留作他用"),
        ({"name": " "}, "name", "请填写全称"),
        ({"name": "康" * 101}, "name", "不超过 100"),
        ({"division_kind": "village"}, "division_kind", "county"),
    ],
)
def test_wrong_input_is_named(db: None, wrong: dict[str, str], field: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        onboarding.add_centre(**(KANGBAO | wrong))
    assert sentence in refused.value.errors[field][0]
    assert not Centre.objects.filter(slug="kangbao").exists()


@pytest.mark.parametrize(
    ("taken", "sentence"), [({"code": "130722"}, "已经登记过"), ({"slug": "zhangbei"}, "已被占用")]
)
def test_taken_code_and_slug_are_refused(db: None, taken: dict[str, str], sentence: str) -> None:
    with pytest.raises(Conflict, match=sentence):
        onboarding.add_centre(**(KANGBAO | taken))


def test_schema_of_unknown_origin_is_not_taken_over(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA c130723")
    with pytest.raises(Conflict, match="c130723"):
        onboarding.add_centre(**KANGBAO)


@pytest.mark.parametrize(
    "name", ["c130723; DROP SCHEMA public", 'c"x', "pg_x", "C130723", "c" * 42, "c1", ""]
)
def test_replay_refuses_what_is_no_schema_name(db: None, name: str) -> None:
    with (
        pytest.raises(ValueError, match="no schema name") if name != "pg_x" else pytest.raises(DatabaseError)
    ):
        templates.replay("CREATE SCHEMA bancheng_template_centre;", kind=Kind.CENTRE, schema=name)


@pytest.mark.parametrize("name", ["Zhangbei", "c 1", "c1", "c" * 42, "1abc"])
def test_database_itself_refuses_a_wrong_schema_name(zhangbei: Centre, name: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Centre.objects.filter(pk=zhangbei.pk).update(schema_name=name)


def test_renamed_centre_is_found_at_both_hosts(zhangbei: Centre) -> None:
    onboarding.rename(code="130722", name="张北县社会保险事业服务中心", slug="zhangbei-xian")
    for host in ("zhangbei.localhost", "zhangbei-xian.localhost"):
        assert Host.objects.get(domain=host).tenant == zhangbei
    assert Host.objects.get(tenant=zhangbei, is_primary=True).domain == "zhangbei-xian.localhost"


def test_slug_of_another_centre_is_refused_in_renaming(zhangbei: Centre) -> None:
    with pytest.raises(Conflict, match="已被占用"):
        onboarding.rename(code="130722", name=zhangbei.name, slug="yuxian")


def test_suspending_twice_is_a_conflict(zhangbei: Centre) -> None:
    onboarding.suspend(code="130722")
    with pytest.raises(Conflict, match="已经停用"):
        onboarding.suspend(code="130722")


def test_acts_on_the_registry_are_in_the_audit_trail_of_the_office(zhangbei: Centre) -> None:
    onboarding.add_centre(**KANGBAO)
    onboarding.suspend(code="130722")
    onboarding.resume(code="130722")
    onboarding.rename(code="130722", name="张北县社会保险事业服务中心")
    with in_centre("130700-office"):
        told = AuditEntry.objects.order_by("seq").values_list("act", "subject_id")
        assert list(told)[-4:] == [
            ("centre.add", "130723"),
            ("centre.suspend", "130722"),
            ("centre.resume", "130722"),
            ("centre.rename", "130722"),
        ]


def test_public_cannot_be_suspended(zhangbei: Centre) -> None:
    with pytest.raises(UnknownCentre):
        onboarding.suspend(code="public")


def test_registry_can_be_loaded_again(zhangbei: Centre) -> None:
    onboarding.load_registry()
    assert Centre.objects.filter(kind=Kind.PUBLIC).count() == 1
    assert OutsideOffice.objects.get(code="130000").name == "河北省社会保险中心（示例名称）"


def test_our_list_names_twenty_centres_and_the_office() -> None:
    kinds = [row["kind"] for row in onboarding.listed_centres()]
    assert (kinds.count("centre"), kinds.count("office")) == (20, 1)


def test_command_adds_lists_and_suspends(db: None) -> None:
    out = StringIO()
    call_command("centre", "add", "130723", slug="kangbao", name=KANGBAO["name"], stdout=out)
    call_command("centre", "suspend", "130723", stdout=out)
    call_command("centre", "list", stdout=out)
    assert "已新建 130723" in out.getvalue()
    assert re.search(r"130723\tc130723\tkangbao\.localhost\t已停用", out.getvalue())


def test_command_says_in_one_sentence_what_is_wrong(db: None) -> None:
    with pytest.raises(CommandError, match="没有办成：代码“13”不对"):
        call_command("centre", "add", "13", slug="x", name="某中心")
    with pytest.raises(CommandError, match="还缺 --slug、--name"):
        call_command("centre", "add", "130723")
    with pytest.raises(CommandError, match="没有办成：没有代码为“999999”的中心"):
        call_command("centre", "suspend", "999999")


def test_new_centre_answers_at_its_host_at_once(db: None) -> None:
    browser = Client(HTTP_HOST="kangbao.localhost")
    assert "没有这个网址" in browser.get("/").content.decode()
    onboarding.add_centre(**KANGBAO)
    assert "没有这个网址" not in browser.get("/").content.decode()


def test_migrate_all_leaves_a_database_that_is_up_to_date_alone(transactional_db: None) -> None:
    out = StringIO()
    call_command("migrate_all", stdout=out)
    assert "升级 0 个" in out.getvalue()
