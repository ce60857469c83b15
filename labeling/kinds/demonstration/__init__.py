"""Demonstration: the annotator writes the answer that the model should have given."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from labeling.formats.base import Label
from labeling.kinds.base import AnnotationKind, Rows, Wrote
from labeling.kinds.comparing import Sums
from labeling.kinds.demonstration.body import DemonstrationBody
from labeling.kinds.demonstration.exports import EXPORTS
from labeling.kinds.simulation import Simulated
from labeling.kinds.texts import AGREEMENT, LONGEST, compare
from labeling.models import Annotation, Assignment, Task


class Demonstration(AnnotationKind):
    """Shows a prompt and nothing else."""

    name = "demonstration"
    label = _("Demonstration")
    plural = _("Demonstrations")
    instruction = _("Write the answer")
    help = _("People write the completion.")
    proposed = 10
    tables = ("demonstrations",)
    exports = EXPORTS
    agreement = AGREEMENT
    example = (
        '{"kind": "demonstration", "prompt": "How long do I boil an egg?",'
        ' "answer": {"text": "Six minutes."}, "language": "en", "test": true}'
    )
    Body = DemonstrationBody

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The length limit of the editor."""
        return {"longest": LONGEST}

    def summary(self, annotation: Annotation) -> str:
        """The beginning of the text."""
        return Truncator(annotation.body["text"]).chars(120)

    def written(self, annotation: Annotation) -> Wrote:
        """The text."""
        return Wrote(text=annotation.body["text"])

    def training_rows(self, annotation: Annotation) -> Rows:
        """One demonstration."""
        return {"demonstrations": [{"completion": annotation.body["text"]}]}

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """How alike the texts are."""
        return compare(one.body["text"], other.body["text"])

    def imported(self, label: Label, ids: Sequence[int], settings: object) -> dict[str, Any] | None:
        """A text that somebody wrote."""
        return {"text": label.written} if label.written and not label.texts else None

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any] | None:
        """The best of what the models wrote for the prompt."""
        text = annotator.best_text(task.prompt.completions.order_by("pk"))
        return None if text is None else {"text": text}


KIND = Demonstration()
