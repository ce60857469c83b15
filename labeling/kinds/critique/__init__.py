"""Critique: the annotator marks the errors of a completion, and says what they think of it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from labeling.kinds.base import AnnotationKind, Completions
from labeling.kinds.comparing import Sums
from labeling.kinds.critique import comparing, showing, simulating
from labeling.kinds.critique.body import CritiqueBody, by_ids, check_answer
from labeling.kinds.critique.exports import EXPORTS
from labeling.kinds.critique.settings import CritiqueSettings
from labeling.kinds.critique.uploaded import READS
from labeling.kinds.simulation import Simulated
from labeling.models import Annotation, Assignment, Completion, Task


class Critique(AnnotationKind):
    """Shows one completion. It trains nothing: what to do about an error no trainer knows."""

    name = "critique"
    label = _("Critique")
    plural = _("Critiques")
    instruction = _("Mark the errors of the completion")
    help = _("People mark the errors of a completion, with a type and a severity each.")
    completions = Completions(fewest=1, most=1, usual=1)
    exports = EXPORTS
    reads = READS
    agreement = comparing.FIGURES
    example = (
        '{"kind": "critique", "prompt": "How long do I boil an egg?", "completions": ["Six hours."'
        '], "answer": {"completion": "Six hours.", "errors": [{"quote": "hours", "type":'
        ' "accuracy", "severity": "critical", "note": "Minutes."}], "text": ""}}'
    )
    marks: ClassVar = {"gravest_error": _("An error of the gravest severity")}
    Body = CritiqueBody
    refers = ("completion",)
    Settings = CritiqueSettings

    def check(self, task: Task, body: CritiqueBody) -> None:
        """BadInputError unless it is of the task's completion and in the project's words."""
        check_answer(task, body, self.settings_of(task))

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The completion, and the types and severities with their keys."""
        return showing.context(assignment, self.settings_of(assignment.task))

    def summary(self, annotation: Annotation) -> str:
        """How many errors of which score, as in "2 errors, score 6"."""
        return showing.summary(annotation, self.settings_of(annotation.task))

    def answer_context(self, annotation: Annotation) -> dict[str, Any]:
        """The text with its errors marked."""
        return showing.answer(annotation, self.settings_of(annotation.task))

    def is_worth_asking(self, completions: Sequence[Completion]) -> bool:
        """Whether there is a text."""
        return all(completion.text.strip() for completion in completions)

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """Whether they mark the same sentences and characters, with one type and severity."""
        return comparing.compare(one, other, self.settings_of(one.task))

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether an error is of the gravest severity."""
        gravest = self.settings_of(annotation.task).severities[-1].name
        found = any(error["severity"] == gravest for error in annotation.body["errors"])
        return ["gravest_error"] if found else []

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """The completion by its id, and errors that name their quote by its place."""
        return by_ids(body, ids)

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """Sentences without which gold is higher are errors."""
        completion = task.completions.order_by("pk")[0]
        return simulating.criticise(completion, annotator, self.settings_of(task))


KIND = Critique()
