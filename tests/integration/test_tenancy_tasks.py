"""A task runs in the centre it names, or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from django.db import DatabaseError, connection

from bancheng.celery import app
from bancheng.centres import onboarding
from bancheng.centres.models import Centre
from bancheng.centres.scope import MissingSchema, Suspended, UnknownCentre, in_centre
from bancheng.errors import Refused
from tasks.base import PublicTask, TenantTask
from tasks.schedule import SCHEDULE


def served() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


@pytest.fixture
def ran() -> list[str]:
    """Where the body ran, each time it did."""
    return []


@pytest.fixture
def celery() -> Iterator[Celery]:
    """An application of its own, so that the tasks of the test stay out of the product's registry."""
    with Celery("tests", set_as_current=False) as own:
        yield own


@pytest.fixture
def task(celery: Celery, ran: list[str], zhangbei: Centre) -> Any:
    @celery.task(base=TenantTask, name="tests.note", shared=False)
    def note(*, centre: str, fail: bool = False) -> str:
        ran.append(served())
        if fail:
            raise ZeroDivisionError
        return centre

    return note


@pytest.fixture
def public_task(celery: Celery, ran: list[str], zhangbei: Centre) -> Any:
    @celery.task(base=PublicTask, name="tests.sweep", shared=False)
    def sweep() -> None:
        ran.append(served())

    return sweep


def test_task_runs_in_its_centre_and_leaves_public(task: Any, ran: list[str]) -> None:
    assert task(centre="130722") == "130722"
    assert (ran, served()) == (["c130722"], "public")


def test_task_runs_in_its_centre_when_the_worker_calls_it(task: Any, ran: list[str]) -> None:
    result = task.apply(kwargs={"centre": "130722"})
    assert (result.state, ran) == ("SUCCESS", ["c130722"])


@pytest.mark.parametrize("arguments", [{}, {"centre": None}, {"centre": ""}, {"centre": 130722}], ids=str)
def test_task_without_a_centre_does_not_run(task: Any, ran: list[str], arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="centre"):
        task(**arguments)
    assert ran == []


def test_positional_arguments_are_refused(task: Any, ran: list[str]) -> None:
    with pytest.raises(TypeError, match="keyword"):
        task("130722")
    assert ran == []


@pytest.mark.parametrize("code", ["999999", "public", "c130722", "bancheng_template_centre"])
def test_task_of_an_unknown_centre_does_not_run(task: Any, ran: list[str], code: str) -> None:
    with pytest.raises(UnknownCentre):
        task(centre=code)
    assert ran == []


def test_worker_reports_the_refusal_as_failure(task: Any, ran: list[str]) -> None:
    result = task.apply(kwargs={"centre": "999999"})
    assert (result.state, ran) == ("FAILURE", [])
    assert isinstance(result.result, Refused)


def test_task_of_a_suspended_centre_does_not_run(task: Any, ran: list[str]) -> None:
    onboarding.suspend(code="130722")
    with pytest.raises(Suspended):
        task(centre="130722")
    assert ran == []


def test_task_of_a_centre_without_schema_does_not_run(task: Any, ran: list[str]) -> None:
    Centre.objects.filter(code="130722").update(schema_name="c000000")
    with pytest.raises(MissingSchema):
        task(centre="130722")
    assert ran == []


@pytest.mark.parametrize("when", ["the registry", "current_schema"])
def test_task_does_not_run_when_the_database_fails_at_the_switch(
    task: Any, ran: list[str], when: str
) -> None:
    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if ("centres_centre" if when == "the registry" else "current_schema()") in sql:
            raise DatabaseError("the server closed the connection")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(DatabaseError):
        task(centre="130722")
    assert (ran, served()) == ([], "public")


def test_schema_is_back_after_a_failing_body(task: Any, ran: list[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        task(centre="130722", fail=True)
    assert (ran, served()) == (["c130722"], "public")


def test_task_called_inside_another_centre_gives_it_back(task: Any, ran: list[str]) -> None:
    with in_centre("130726"):
        task(centre="130722")
        assert (ran, served()) == (["c130722"], "c130726")


def test_public_task_runs_in_public_and_gives_the_centre_back(public_task: Any, ran: list[str]) -> None:
    with in_centre("130722"):
        public_task()
        assert (ran, served()) == (["public"], "c130722")


def test_every_task_of_ours_names_its_schema() -> None:
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert ours
    assert [name for name, task in ours.items() if not isinstance(task, TenantTask | PublicTask)] == []


def test_beat_asks_only_for_public_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    assert app.conf.beat_schedule == SCHEDULE
    asked = {line["task"] for line in SCHEDULE.values()}
    assert {name for name in asked if not isinstance(app.tasks.get(name), PublicTask)} == set()
