"""Why something was not done, in words for the person who asked. Pages and API show the same sentence."""


class Refused(Exception):
    """Nothing was changed. `message` is one Chinese sentence that says what to do instead.

    `code` is stable for programs; `status` is the HTTP status that pages and API answer with.
    """

    status = 409
    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class NotAllowed(Refused):
    """This person may not do this, whatever the state of the matter."""

    status = 403
    code = "not_allowed"


class NotFound(Refused):
    """There is no such thing here; also said of things that this person may not know of."""

    status = 404
    code = "not_found"


class Conflict(Refused):
    """It was possible a moment ago; somebody else was first, or the state has moved on."""

    status = 409
    code = "conflict"


class Invalid(Refused):
    """The input is wrong. `errors` maps a field's name to its sentences; "" holds those of no field."""

    status = 422
    code = "invalid"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(next((m for ms in errors.values() for m in ms), "填写有误"))
        self.errors = errors
