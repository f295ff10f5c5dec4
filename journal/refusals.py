"""The refusals every action may raise; `config/errors.py` alone turns them into HTTP answers."""


class Refusal(Exception):
    """An action said no and left nothing behind.

    `code` is stable and snake_case; `detail` names the user's concept and what to do;
    `path` names the offending field where there is one.
    """

    status = 400

    def __init__(self, code: str, detail: str, *, path: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.path = path


class NotAllowed(Refusal):
    """The person may not do this (403)."""

    status = 403


class Conflict(Refusal):
    """The world has moved on: state, edition or budget differ from what was assumed (409)."""

    status = 409


class Invalid(Refusal):
    """What was entered cannot be accepted as it stands (422)."""

    status = 422
