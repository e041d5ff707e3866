"""Why a message did not arrive, in words that name the message and its place, never a person."""

from types import TracebackType


class ExchangeError(Exception):
    """A message was not accepted. `final` says that trying again cannot help."""

    final = False


class UnknownKind(ExchangeError):
    """No handler is registered for this kind; a newer release of the sender may be ahead of us."""


class NoRoute(ExchangeError):
    """No transport serves this target."""


class Unreachable(ExchangeError):
    """The counterpart did not answer, or what answered was not it. No word of its own, so no refusal."""


class TooLarge(ExchangeError):
    """The body is larger than a message may be."""

    final = True


class ContentMismatch(ExchangeError):
    """A known message id came again with other content: a forgery, or a fault of the sender."""

    final = True


class OutOfSequence(ExchangeError):
    """This number of the line was already used by another message."""

    final = True


def describe(error: BaseException) -> str:
    """One line for logs and `last_error`: what kind of error, and where.

    The text of a foreign exception is left out: a database quotes the row in it, and rows name people.
    """
    if isinstance(error, ExchangeError):
        return f"{type(error).__name__}: {error}"
    return f"{type(error).__module__}.{type(error).__qualname__} at {_place(error.__traceback__)}"


def _place(traceback: TracebackType | None) -> str:
    """The innermost line of our own code that the error passed through."""
    place = "an unknown place"
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in {"bancheng", "tenants", "tasks"}:
            place = f"{module}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
