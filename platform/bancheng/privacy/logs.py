"""Log lines without personal data: no text of exceptions, no numbers of cards, accounts or phones."""

import json
import logging
from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime
from traceback import TracebackException
from types import TracebackType
from typing import Any

from bancheng.privacy.patterns import without_personal_numbers

_CAUSED = "which was the cause of:"
_DURING = "during whose handling rose:"

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class SafeFormatter(logging.Formatter):
    """Formats like logging's own, except that an exception is told by its type and lines of code alone.

    A database error quotes the offending row, a ValueError the offending input. Log messages are written
    without input; this is the net below them.
    """

    def format(self, record: logging.LogRecord) -> str:
        safe = copy(record)  # other handlers get the record as it is
        safe.args = _without_texts(record.args)
        safe.exc_text = None
        return without_personal_numbers(super().format(safe))

    def formatException(self, ei: ExcInfo) -> str:
        error = ei[1]
        return (
            "" if error is None else "\n".join(_told(TracebackException.from_exception(error, compact=True)))
        )


class JsonLines(SafeFormatter):
    """One JSON object a line, for collectors: time, level, logger, process, message. As safe as its base."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": super().format(record),
        }
        return json.dumps(line, ensure_ascii=False)


def _without_texts(args: Any) -> Any:
    """Exceptions among the arguments become the names of their types; so does Celery's `exc`, their repr."""
    if isinstance(args, Mapping):
        return {key: "(see below)" if key == "exc" else _type_of(value) for key, value in args.items()}
    return tuple(map(_type_of, args)) if isinstance(args, tuple) else args


def _type_of(value: Any) -> Any:
    return type(value).__qualname__ if isinstance(value, BaseException) else value


def _told(error: TracebackException) -> list[str]:
    lines: list[str] = []
    if error.__cause__:
        lines += [*_told(error.__cause__), _CAUSED]
    elif error.__context__ and not error.__suppress_context__:
        lines += [*_told(error.__context__), _DURING]
    lines += [line.rstrip("\n") for line in error.stack.format()]
    kind = error.exc_type
    return [*lines, f"{kind.__module__}.{kind.__qualname__}" if kind else "exception"]
