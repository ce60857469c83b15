"""What a kind of annotation is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise
    from pydantic_core import ErrorDetails

    from labeling.models import Annotation, Assignment, Task

Rows = dict[str, list[dict[str, Any]]]


class Body(BaseModel):
    """The root of all bodies: exact types, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _in_words(line: "ErrorDetails") -> str:
    """What is wrong, in words of our own: annotators read them under the form."""
    if line["type"] == "value_error":  # a validator of the kind has said it
        return str(line["ctx"]["error"])
    if line["type"] == "string_too_long":
        return _("The text is longer than %(limit)d characters: shorten it.") % {
            "limit": line["ctx"]["max_length"]
        }
    return _("This is not of the form that the task needs. Reload the page and try again.")


@dataclass(frozen=True, kw_only=True)
class AnnotationKind:
    """One kind.

    completions: fewest and most completions that its tasks show.
    check: raises BadInputError when a body does not fit its task.
    training_rows: stage ("sft", "reward") -> rows as training/spec.py describes them.
    context: what form.html needs beside the assignment.
    summary: the answer in one line, for lists.
    """

    name: str
    label: "_StrPromise"
    instruction: "_StrPromise"
    Body: type[Body]
    completions: tuple[int, int]
    check: "Callable[[Task, Any], None]"
    training_rows: "Callable[[Annotation], Rows]"
    context: "Callable[[Assignment], dict[str, Any]]"
    summary: "Callable[[Annotation], str]"

    @property
    def form(self) -> str:
        """The template of the form."""
        return f"{self.name}/form.html"

    @property
    def keys(self) -> str:
        """The template of the form's rows in the list of keys."""
        return f"{self.name}/keys.html"

    @property
    def script(self) -> str:
        """The form's module, as a static file."""
        return f"labeling/kinds/{self.name}/form.js"

    @property
    def style(self) -> str:
        """The form's style sheet, as a static file."""
        return f"labeling/kinds/{self.name}/form.css"

    def validate(self, task: "Task", body: object) -> dict[str, Any]:
        """The body as it is stored; BadInputError names each field that is wrong."""
        try:
            parsed = self.Body.model_validate(body)
        except ValidationError as error:
            errors = {
                ".".join(str(part) for part in line["loc"]) or "body": _in_words(line)
                for line in error.errors(include_url=False)
            }
            raise BadInputError(
                _("The answer does not have the form of this task."), errors=errors
            ) from error
        self.check(task, parsed)
        return parsed.model_dump(mode="json")
