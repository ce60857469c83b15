"""Correction: the annotator edits a completion until it is right."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.formats.base import Label
from labeling.kinds.base import AnnotationKind, Completions, Rows, Wrote, unfit
from labeling.kinds.comparing import Sums
from labeling.kinds.correction import rows
from labeling.kinds.correction.body import CorrectionBody
from labeling.kinds.correction.exports import EXPORTS
from labeling.kinds.correction.uploaded import READS, of_label
from labeling.kinds.paths import WHOLE, Paths
from labeling.kinds.simulation import Simulated
from labeling.kinds.texts import AGREEMENT, LONGEST, compare, ids_of
from labeling.models import Annotation, Assignment, Completion, Task
from labeling.queries import AnnotationQuerySet


class Correction(AnnotationKind):
    """Shows one completion."""

    name = "correction"
    label = gettext_lazy("Correction")
    plural = gettext_lazy("Corrections")
    instruction = gettext_lazy("Correct the completion")
    help = gettext_lazy("People edit a completion.")
    proposed = 5
    completions = Completions(fewest=1, most=1, usual=1)
    edits = True
    tables = ("demonstrations", "rankings")
    exports = EXPORTS
    reads = READS
    agreement = AGREEMENT
    example = (
        '{"kind": "correction", "prompt": "How long do I boil an egg?", "completions": ["6 min"],'
        ' "answer": {"completion": "6 min", "text": "Six minutes."}}'
    )
    Body = CorrectionBody
    refers = ("completion",)

    def check(self, task: Task, body: CorrectionBody) -> None:
        """BadInputError unless the completion is the task's."""
        if body.completion not in task.completion_ids:
            raise unfit("completion", _("This completion does not belong to the task."))

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The completion to correct."""
        completion = Completion.objects.get(pk=assignment.shown_order[0])
        return {"completion": completion, "longest": LONGEST}

    def summary(self, annotation: Annotation) -> str:
        """The beginning of the text."""
        return Truncator(annotation.body["text"]).chars(120)

    def written(self, annotation: Annotation) -> Wrote:
        """The text, and the completion before it was edited."""
        original = annotation.task.completions.all()[0].text
        return Wrote(text=annotation.body["text"], original=original)

    def training_rows(self, annotation: Annotation) -> Rows:
        """A demonstration, and a ranking where something was changed: edited above original."""
        return rows.training_rows(annotation)

    def teaching(
        self, annotations: AnnotationQuerySet, paths: Paths = WHOLE
    ) -> dict[str, AnnotationQuerySet]:
        """As `training_rows` has it: only what was changed is a ranking."""
        found = super().teaching(annotations, paths)
        return found | {"rankings": rows.changed(found["rankings"], paths)}

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """How alike the texts are."""
        return compare(one.body["text"], other.body["text"])

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """The completion by its id."""
        text = body.get("completion")
        return {**body, "completion": ids_of([text], ids)[0]} if isinstance(text, str) else body

    def imported(self, label: Label, ids: Sequence[int], settings: object) -> dict[str, Any] | None:
        """A text that was found right as a model had written it."""
        return of_label(label, ids)

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any] | None:
        """The best of what the models wrote for the prompt, in place of the completion."""
        text = annotator.best_text(task.prompt.completions.order_by("pk"))
        if text is None:
            return None
        return {"completion": task.completions.order_by("pk")[0].pk, "text": text}


KIND = Correction()
