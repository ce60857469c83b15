"""What a demonstration is."""

from typing import Any

from django.utils.text import Truncator

from labeling.kinds.base import Body
from labeling.kinds.texts import LONGEST, WrittenText
from labeling.models import Annotation, Assignment, Task


class DemonstrationBody(Body):
    """The answer as it was written."""

    text: WrittenText


def check(task: Task, body: DemonstrationBody) -> None:
    """Any text fits any demonstration task."""


def context(assignment: Assignment) -> dict[str, Any]:
    """The length limit of the editor."""
    return {"longest": LONGEST}


def summary(annotation: Annotation) -> str:
    """The beginning of the text."""
    return Truncator(annotation.body["text"]).chars(120)
