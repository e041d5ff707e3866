"""Log lines without personal data: no text of exceptions, no numbers of cards, accounts or phones."""

import logging
from traceback import TracebackException
from types import TracebackType

from bancheng.privacy.patterns import without_personal_numbers

_CAUSED = "which was the cause of:"
_DURING = "during whose handling rose:"

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class SafeFormatter(logging.Formatter):
    """Formats like logging's own, except that an exception is told by its type and lines of code alone.

    A database error quotes the offending row, a ValueError the offending input. Write log messages
    without input; this is the net below.
    """

    def format(self, record: logging.LogRecord) -> str:
        kept, record.exc_text = record.exc_text, None  # formatted by another handler, with the text
        try:
            return without_personal_numbers(super().format(record))
        finally:
            record.exc_text = kept

    def formatException(self, ei: ExcInfo) -> str:  # logging's own name
        error = ei[1]
        return (
            "" if error is None else "\n".join(_told(TracebackException.from_exception(error, compact=True)))
        )


def _told(error: TracebackException) -> list[str]:
    lines: list[str] = []
    if error.__cause__:
        lines += [*_told(error.__cause__), _CAUSED]
    elif error.__context__ and not error.__suppress_context__:
        lines += [*_told(error.__context__), _DURING]
    lines += [line.rstrip("\n") for line in error.stack.format()]
    name = error.exc_type.__qualname__ if error.exc_type else "exception"
    return [*lines, f"{error.exc_type.__module__}.{name}" if error.exc_type else name]
