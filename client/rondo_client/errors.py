"""Every error that the client raises. Each message says what to do next.

RondoError
├── SettingsError            no address or no token is known, or a file of them cannot be read
├── UnreachableError         the server did not answer, however often it was asked
├── AnswerError              something answered, but not as Rondo's API does
├── ChecksumError            what was downloaded is not what the server meant to send
├── WaitedTooLongError       what was waited for has not come within the time
├── RunEndedError            a run that was waited for failed or was cancelled
├── ImportRefusedError       nothing of a file is stored: `errors` has its bad rows
└── ApiError                 the server refused, and said why
    ├── BadRequestError      400: cannot be read
    ├── NoTokenError         401: the token is wrong, expired or revoked
    ├── NotAllowedError      403: the role or the token's scope does not allow it
    ├── NotFoundError        404: not there, or not yours to see
    ├── ConflictError        409: not possible in the state that it is in
    ├── TooLargeError        413
    ├── BadInputError        422: `errors` names the fields
    ├── TooManyError         429: too many requests of late
    └── ServerError          5xx
        └── BusyError        503: comes again later
"""

from collections.abc import Mapping
from typing import Any

import httpx


class RondoError(Exception):
    """The root."""


class SettingsError(RondoError):
    """No address or no token is known, or a file of them cannot be read."""


class UnreachableError(RondoError):
    """The server did not answer, however often it was asked."""


class AnswerError(RondoError):
    """Something answered, but not as Rondo's API does: a proxy, or another version."""


class ChecksumError(RondoError):
    """What was downloaded is not what the server meant to send."""


class WaitedTooLongError(RondoError):
    """What was waited for has not come within the time."""


class RunEndedError(RondoError):
    """A run that was waited for failed or was cancelled."""


class ImportRefusedError(RondoError):
    """Nothing of a file is stored. errors: its first bad rows, as unit, line, column, message."""

    def __init__(self, message: str, *, errors: list[dict[str, Any]]) -> None:
        self.errors = errors
        super().__init__(message)


class ApiError(RondoError):
    """The server refused, with a problem document (RFC 9457).

    Attributes: `status`, of HTTP; `code`, a word for programs; `detail`, what to do next; `errors`,
    what is wrong with which field; `request_id`, which the server's log has too; `retry_after`,
    seconds after which it may be tried again, None where the server did not say.
    """

    def __init__(
        self, problem: Mapping[str, Any], *, status: int, retry_after: float | None = None
    ) -> None:
        self.status = status
        self.code = str(problem.get("type") or "")
        self.detail = str(problem.get("detail") or problem.get("title") or "")
        self.errors = {str(each["field"]): str(each["message"]) for each in _errors_of(problem)}
        self.request_id = str(problem.get("request_id") or "")
        self.retry_after = retry_after
        super().__init__(self._text())

    def _text(self) -> str:
        told = {
            field: message
            for field, message in self.errors.items()
            if message != self.detail and not (field.isdecimal() and message in self.detail)
        }
        fields = "".join(f"\n  {field}: {message}" for field, message in told.items())
        return f"{self.detail}{fields}"


class BadRequestError(ApiError):
    """400: what was sent cannot be read."""


class NoTokenError(ApiError):
    """401: the token is wrong, expired or revoked."""


class NotAllowedError(ApiError):
    """403: the role, or the scope of the token, does not allow it."""


class NotFoundError(ApiError):
    """404: not there, or not for this token to see."""


class ConflictError(ApiError):
    """409: not possible in the state that it is in."""


class TooLargeError(ApiError):
    """413: more than the server takes at once."""


class BadInputError(ApiError):
    """422: `errors` names the fields."""


class TooManyError(ApiError):
    """429: too many requests of late."""


class ServerError(ApiError):
    """5xx: a fault of the server, whose log has the `request_id`."""


class BusyError(ServerError):
    """503: too much at once, or a part of the server is down; later it works."""


KINDS: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: NoTokenError,
    403: NotAllowedError,
    404: NotFoundError,
    409: ConflictError,
    413: TooLargeError,
    422: BadInputError,
    429: TooManyError,
    503: BusyError,
}


def error_of(response: httpx.Response, *, retry_after: float | None = None) -> RondoError:
    """The error that a response of 400 and more, read already, tells of."""
    status = response.status_code
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "detail" not in problem:
        return AnswerError(
            f"{response.request.url.copy_with(query=None)} answered {status} without a problem"
            " document: is this the address of a Rondo server, and does a proxy stand before it?"
        )
    kind = KINDS.get(status, ServerError if status >= 500 else ApiError)
    return kind(problem, status=status, retry_after=retry_after)


def _errors_of(problem: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    errors = problem.get("errors")
    return [e for e in errors if {"field", "message"} <= e.keys()] if errors else []
