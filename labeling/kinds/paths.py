"""Where the database has an answer: on a row of its own, or as a part of another kind's."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The names, for filters, of the body of an answer and of the settings of its task."""

    body: str = "body"
    settings: str = "task__settings__content"


WHOLE = Paths()
