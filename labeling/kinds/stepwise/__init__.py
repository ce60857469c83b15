"""Stepwise: the annotator says of each step of a completion whether it is right."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from labeling.kinds.base import AnnotationKind, Completions
from labeling.kinds.comparing import Sums
from labeling.kinds.simulation import Simulated
from labeling.kinds.stepwise import comparing, showing, simulating
from labeling.kinds.stepwise.body import StepwiseBody, by_ids, check_answer
from labeling.kinds.stepwise.exports import EXPORTS
from labeling.kinds.stepwise.settings import StepwiseSettings
from labeling.kinds.stepwise.splitting import steps
from labeling.kinds.stepwise.uploaded import READS
from labeling.models import Annotation, Assignment, Completion, Task


class Stepwise(AnnotationKind):
    """Shows one completion in its steps. It trains nothing yet: that needs a model of steps."""

    name = "stepwise"
    label = _("Step labels")
    plural = _("Step labels")
    instruction = _("Is each step right?")
    help = _("People say of each step of a completion whether it is right.")
    completions = Completions(fewest=1, most=1, usual=1)
    enter_submits = True
    exports = EXPORTS
    reads = READS
    agreement = comparing.FIGURES
    example = (
        '{"kind": "stepwise", "prompt": "What is 2 + 3 * 4?", "completions": ["3 * 4 is 12.\\n2 +'
        ' 12 is 15."], "answer": {"completion": "3 * 4 is 12.\\n2 + 12 is 15.", "labels": [1,'
        " -1]}}"
    )
    marks: ClassVar = {"wrong_step": _("A wrong step")}
    Body = StepwiseBody
    refers = ("completion",)
    Settings = StepwiseSettings

    def check(self, task: Task, body: StepwiseBody) -> None:
        """BadInputError unless the steps are the text's, and as many are labeled as is asked."""
        check_answer(task, body, self.settings_of(task))

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The steps, and the labels with their keys."""
        return showing.context(assignment, self.settings_of(assignment.task))

    def summary(self, annotation: Annotation) -> str:
        """Where the first wrong step is, as in "Step 3 of 7 is wrong"."""
        return showing.summary(annotation)

    def answer_context(self, annotation: Annotation) -> dict[str, Any]:
        """Each step with its label."""
        return showing.answer(annotation)

    def is_worth_asking(self, completions: Sequence[Completion]) -> bool:
        """Whether there are several steps."""
        return all(len(steps(completion.text)) > 1 for completion in completions)

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """Whether they say the same of the steps that both have labeled, and find one error."""
        return comparing.compare(one, other)

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether a step is wrong."""
        return ["wrong_step"] if showing.first_wrong(annotation.body) else []

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """The completion by its id; `labels` in place of steps."""
        return by_ids(body, ids)

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """A step that lowers the gold score of the text so far is wrong."""
        completion = task.completions.order_by("pk")[0]
        return simulating.label(completion, annotator, self.settings_of(task))


KIND = Stepwise()
