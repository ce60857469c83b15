"""What a critique is: errors in a completion, and words about it."""

from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field

from core.errors import BadInputError
from core.text import quotable
from labeling.kinds.base import Body, unfit
from labeling.kinds.texts import LONGEST, ReadableText, ids_of
from labeling.models import Task

if TYPE_CHECKING:
    from labeling.kinds.critique.settings import CritiqueSettings

MOST_ERRORS = 100
LONGEST_NOTE = 1_000


class Error(Body):
    """One error: the code points of the raw text from `start` to before `end`, and what they are.

    type, severity: names of the project's settings.
    """

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    type: str = Field(max_length=40)
    severity: str = Field(max_length=40)
    note: Annotated[ReadableText, Field(max_length=LONGEST_NOTE)] = ""


class CritiqueBody(Body):
    """errors: may overlap; none says that there is none. text: about the whole, may be empty."""

    completion: int
    errors: list[Error] = Field(max_length=MOST_ERRORS)
    text: Annotated[ReadableText, Field(max_length=LONGEST)] = ""


def check_answer(task: Task, body: CritiqueBody, settings: "CritiqueSettings") -> None:
    """BadInputError unless it is about the task's completion, in the words of the project."""
    if body.completion not in task.completion_ids:
        raise unfit("completion", _("This completion does not belong to the task."))
    text = task.texts[body.completion]
    types = {row.name for row in settings.types}
    severities = {row.name for row in settings.severities}
    seen = set()
    for number, error in enumerate(body.errors):
        field = f"errors.{number}"
        if not error.start < error.end <= len(text) or not text[error.start : error.end].strip():
            raise unfit(field, _("What is marked is no part of the text: mark it again."))
        if error.type not in types or error.severity not in severities:
            raise unfit(field, _("This project has no such type or severity: choose again."))
        if (key := (error.start, error.end, error.type)) in seen:
            raise unfit(field, _("The same part is marked twice with one type: remove one."))
        seen.add(key)
    if settings.needs_text and not body.text.strip():
        raise unfit("text", _("Write what you say of the whole text."))


def by_ids(body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
    """The completion by its id, and errors that name their `quote` by its place."""
    text = body.get("completion")
    if not isinstance(text, str):
        return body
    errors = body.get("errors")
    placed = [_placed(error, text) for error in errors] if isinstance(errors, list) else errors
    return {**body, "completion": ids_of([text], ids)[0], "errors": placed}


def _placed(error: object, text: str) -> object:
    if not isinstance(error, dict) or not isinstance(quote := error.get("quote"), str):
        return error
    if not quote or text.count(quote) != 1:
        shown = {"quote": quotable(quote[:80])}
        raise BadInputError(
            _("“%(quote)s” must stand once in the completion, or give “start” and “end”") % shown
        )
    rest = {key: value for key, value in error.items() if key != "quote"}
    return {**rest, "start": text.index(quote), "end": text.index(quote) + len(quote)}
