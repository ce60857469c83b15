"""Exit codes of the command, for scripts. docs/client.md lists them."""

from rondo_client import errors

FINE = 0
FAILED = 1  # for a reason that has no code of its own
USAGE = 2  # the command itself was wrong
NOT_SIGNED_IN = 3
NOT_ALLOWED = 4
NOT_FOUND = 5
NOT_NOW = 6  # it is not in the state that this needs
NOT_VALID = 7  # what was sent cannot be taken
NOT_REACHED = 8  # no answer, or too much at once: later it may work
DAMAGED = 9
RUN_ENDED = 10  # a run that was waited for failed or was cancelled
WAITED_TOO_LONG = 11
INTERRUPTED = 130

# The first that fits.
BY_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (errors.SettingsError, NOT_SIGNED_IN),
    (errors.NoTokenError, NOT_SIGNED_IN),
    (errors.NotAllowedError, NOT_ALLOWED),
    (errors.NotFoundError, NOT_FOUND),
    (errors.ConflictError, NOT_NOW),
    (errors.BadRequestError, NOT_VALID),
    (errors.BadInputError, NOT_VALID),
    (errors.TooLargeError, NOT_VALID),
    (errors.TooManyError, NOT_REACHED),
    (errors.ServerError, NOT_REACHED),
    (errors.UnreachableError, NOT_REACHED),
    (errors.AnswerError, NOT_REACHED),
    (errors.ChecksumError, DAMAGED),
    (errors.RunEndedError, RUN_ENDED),
    (errors.ImportRefusedError, NOT_VALID),
    (errors.WaitedTooLongError, WAITED_TOO_LONG),
)


def code_of(error: Exception) -> int:
    """The exit code that tells of an error."""
    return next((code for kind, code in BY_ERROR if isinstance(error, kind)), FAILED)
