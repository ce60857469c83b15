"""Every error that a person or a worker may meet by name. Each message says what to do next.

RondoError
├── BadInputError            what was sent cannot be taken as it is (422)
├── BadRequestError          what was sent cannot even be read (400)
├── ConflictError            the row is not in the state that the action needs (409)
│   ├── AlreadyClaimedError  another worker took the job first
│   ├── StaleEpochError      the writer lost its lease, another one holds the job
│   ├── StaleDraftError      another tab saved the draft since this one read it
│   └── NotEnoughDataError   a stage cannot start with the labels it has
├── NotAllowedError          the role may see this, but not do it (403)
├── NotFoundError            not there, or not for this person to see (404)
├── TooManyError             the same was tried too often of late (429)
├── BusyError                too many do this at once (503)
├── MissingFilesError        files that the database names are not on this machine (503)
├── StoreUnreachableError    the artifact store at its URL does not answer, or refuses (503)
├── HubError                 a server that models are pushed to refuses, or does not answer (502)
└── JobFailedError           a training process ended with an error
"""

from django.utils.translation import gettext as _


class RondoError(Exception):
    """The root. `code` is for programs, the message for people, `errors` names fields."""

    code = "error"
    http_status = 500
    retry_after: int | None = None  # seconds, for whoever may try again

    def __init__(self, message: str, *, errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = errors or {}


class BadInputError(RondoError):
    """What was sent cannot be taken as it is."""

    code = "bad_input"
    http_status = 422


class BadRequestError(RondoError):
    """What was sent cannot even be read: broken JSON, an unknown parameter."""

    code = "bad_request"
    http_status = 400


class ConflictError(RondoError):
    """The row is not in the state that the action needs."""

    code = "conflict"
    http_status = 409


class AlreadyClaimedError(ConflictError):
    """Another worker took the job first."""

    code = "already_claimed"


class StaleEpochError(ConflictError):
    """The writer lost its lease, another one holds the job."""

    code = "stale_epoch"


class StaleDraftError(ConflictError):
    """Another tab saved the draft since this one read it; carries what it saved."""

    code = "stale_draft"

    def __init__(self, message: str, *, version: int, draft: object) -> None:
        super().__init__(message)
        self.version = version
        self.draft = draft


class NotEnoughDataError(ConflictError):
    """A stage cannot start with the labels it has."""

    code = "not_enough_data"


class NotAllowedError(RondoError):
    """The role may see this, but not do it."""

    code = "not_allowed"
    http_status = 403


class NotFoundError(RondoError):
    """Not there, or not for this person to see: which of the two, strangers are not told.

    is_said: whether the message says what it is that is not there.
    """

    code = "not_found"
    http_status = 404

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("There is no such page, or it is not yours to see."))
        self.is_said = bool(message)


class TooManyError(RondoError):
    """The same was tried too often of late."""

    code = "too_many"
    http_status = 429


class BusyError(RondoError):
    """Too many do this at once; it works a little later."""

    code = "busy"
    http_status = 503
    retry_after = 30


class MissingFilesError(RondoError):
    """Files that the database names are not on this machine; another one may have them."""

    code = "missing_files"
    http_status = 503


class StoreUnreachableError(RondoError):
    """The artifact store at its URL does not answer, or refuses: what needs it waits."""

    code = "store_unreachable"
    http_status = 503
    retry_after = 60


class HubError(RondoError):
    """A Hub-like server that models are pushed to refuses, or does not answer."""

    code = "hub"
    http_status = 502


class JobFailedError(RondoError):
    """A training process ended with an error; `code` says which, as `error.json` gave it."""

    code = "job_failed"

    def __init__(self, message: str, *, code: str = "job_failed") -> None:
        super().__init__(message)
        self.code = code
