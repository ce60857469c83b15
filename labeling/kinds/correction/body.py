"""What a correction is."""

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.kinds.base import Body
from labeling.kinds.texts import LONGEST, WrittenText
from labeling.models import Annotation, Assignment, Completion, Task


class CorrectionBody(Body):
    """A completion and its text after the edit; an unchanged text says that it was right."""

    completion: int
    text: WrittenText


def check(task: Task, body: CorrectionBody) -> None:
    """BadInputError unless the completion is the task's."""
    if not task.completions.filter(pk=body.completion).exists():
        raise BadInputError(
            _("The answer does not have the form of this task."),
            errors={"completion": _("This completion does not belong to the task.")},
        )


def context(assignment: Assignment) -> dict[str, Any]:
    """The completion to correct."""
    completion = Completion.objects.get(pk=assignment.shown_order[0])
    return {"completion": completion, "longest": LONGEST}


def summary(annotation: Annotation) -> str:
    """The beginning of the text."""
    return Truncator(annotation.body["text"]).chars(120)
