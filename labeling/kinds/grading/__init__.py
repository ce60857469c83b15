"""Grading: the annotator says of each text which items of its prompt's rubric it meets."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from labeling.kinds import textwise
from labeling.kinds.base import Completions
from labeling.kinds.comparing import Sums
from labeling.kinds.grading import comparing, rows, showing, simulating
from labeling.kinds.grading.body import FIELD, GradingBody, check_gradings, scores
from labeling.kinds.grading.exports import EXPORTS
from labeling.kinds.grading.settings import GradingSettings
from labeling.kinds.grading.uploaded import READS
from labeling.kinds.paths import Paths
from labeling.kinds.scored import StrictPairs
from labeling.kinds.simulation import Simulated
from labeling.kinds.text_by_text import TextByText
from labeling.models import Annotation, Assignment, Completion, Task


class Grading(TextByText):
    """Shows 1 to 9 completions of one prompt that has a rubric."""

    name = "grading"
    label = _("Grading by rubric")
    plural = _("Gradings by rubric")
    instruction = _("Which items does the text meet?")
    help = _("Each text by the items of its prompt’s rubric.")
    completions = Completions(
        fewest=1,
        most=textwise.MOST,
        usual=2,
        label=_("Completions per grading"),
        help=_("1 to 9, which are judged one after the other."),
    )
    field = FIELD
    enter_submits = True
    reads_rubric = True
    tables = ("rankings",)
    exports = EXPORTS
    reads = READS
    agreement = comparing.FIGURES
    example = (
        '{"kind": "grading", "prompt": "How long do I boil an egg?", "rubric": [{"text": "Says how'
        ' many minutes", "points": 5}, {"text": "Would spoil the egg", "points": -3}],'
        ' "completions": ["Six minutes.", "An hour."], "answer": {"texts": [{"completion": "Six'
        ' minutes.", "met": [true, false]}, {"completion": "An hour.", "met": [false, true]}]}}'
    )
    marks: ClassVar = {"met_fault": _("Meets an item with points below 0")}
    Body = GradingBody
    refers = ("texts.*.completion",)
    Settings = GradingSettings

    def check(self, task: Task, body: GradingBody) -> None:
        """BadInputError unless each text has an answer to each item."""
        check_gradings(task, body)

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The texts, the items and the answers."""
        return showing.context(assignment)

    def summary(self, annotation: Annotation) -> str:
        """By the letters that the annotator saw, as in "A 80 % · B -15 %"."""
        return showing.summary(annotation)

    def answer_context(self, annotation: Annotation) -> dict[str, Any]:
        """Each text with its score and its items."""
        return showing.answer(annotation)

    def is_worth_asking(self, completions: Sequence[Completion]) -> bool:
        """Whether there is a text to grade, and a rubric."""
        return super().is_worth_asking(completions) and bool(completions[0].prompt.rubric)

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """Whether they say the same of each item, and how far their scores lie apart."""
        return comparing.compare(one, other, self.settings_of(one.task))

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether a text meets an item that counts against it."""
        faults = [item["points"] < 0 for item in annotation.task.prompt.rubric]
        met = (zip(faults, one["met"], strict=True) for one in annotation.body[FIELD])
        return ["met_fault"] if any((True, True) in set(each) for each in met) else []

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """The better the text the more of what counts for it, and the less against it."""
        completions = list(task.completions.order_by("pk"))
        return simulating.grade(completions, annotator, task.prompt.rubric)

    def scores(self, annotation: Annotation) -> dict[int, float]:
        """By the points of what is met, where the project orders texts by them."""
        items = annotation.task.prompt.rubric
        return scores(annotation.body, items, self.settings_of(annotation.task))

    def strict_pairs(self, paths: Paths) -> StrictPairs:
        """By the scores."""
        return rows.strict_pairs(paths)


KIND = Grading()
