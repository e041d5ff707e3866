"""Log lines tell what failed where, and nothing of whom."""

import logging
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError

from bancheng.celery import app
from bancheng.privacy.logs import SafeFormatter
from bancheng.privacy.patterns import REMOVED

NAME, PHONE = "欧阳示例", "13812341234"


def line(message: str, *args: object, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("bancheng", logging.ERROR, __file__, 1, message, args, exc_info)
    return SafeFormatter("%(levelname)s %(message)s").format(record)


def raised(error: BaseException) -> BaseException:
    try:
        try:
            raise IntegrityError(f"Key (name)=({NAME}) already exists")
        except IntegrityError as first:
            raise error from first
    except type(error):
        caught = sys.exc_info()[1]
    assert caught is not None
    return caught


def test_an_ordinary_line_stays_as_it_is() -> None:
    assert line("已送出 %s 件", 3) == "ERROR 已送出 3 件"


def test_a_personal_number_is_removed() -> None:
    assert line("GET /search/%s", PHONE) == f"ERROR GET /search/{REMOVED}"


def test_an_exception_is_told_by_type_and_lines_without_its_text() -> None:
    text = line("failed", error=raised(ValueError(f"{NAME} {PHONE}")))

    assert "builtins.ValueError" in text
    assert "test_privacy_logs.py" in text
    assert NAME not in text
    assert PHONE not in text


def test_the_cause_of_an_exception_is_told_in_the_same_way() -> None:
    text = line("failed", error=raised(ValueError("x")))

    assert text.index("django.db.utils.IntegrityError") < text.index("builtins.ValueError")


def test_an_exception_among_the_arguments_is_told_by_its_type() -> None:
    assert line("not sent: %s", ValueError(NAME)) == "ERROR not sent: ValueError"


def test_the_repr_of_an_exception_in_a_line_of_celery_is_left_out() -> None:
    assert NAME not in line("Task %(name)s raised: %(exc)s", {"name": "x", "exc": f"ValueError('{NAME}')"})


def test_other_handlers_still_get_the_record_untouched() -> None:
    record = logging.LogRecord("bancheng", logging.ERROR, __file__, 1, "%s", (ValueError("x"),), None)
    SafeFormatter().format(record)

    assert isinstance(record.args, tuple)
    assert isinstance(record.args[0], ValueError)


def test_the_settings_use_it_for_every_line() -> None:
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"line"}
    assert settings.LOGGING["formatters"]["line"]["()"] == "bancheng.privacy.logs.SafeFormatter"


@pytest.mark.parametrize("logger", ["django", "django.request", "django.server", "celery.app.trace"])
def test_no_logger_prints_past_it(logger: str) -> None:
    handlers = logging.getLogger(logger).handlers

    assert [handler for handler in handlers if not isinstance(handler, logging.NullHandler)] == []
    assert logging.getLogger(logger).propagate


def test_celery_leaves_logging_to_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(app.log), "_setup", False)
    before = list(logging.getLogger().handlers)

    assert app.log.setup_logging_subsystem(loglevel="INFO")

    assert logging.getLogger().handlers == before
