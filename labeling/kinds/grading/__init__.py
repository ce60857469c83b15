"""Grading: the annotator says of each text which items of its prompt's rubric it meets."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from labeling.kinds import scored, textwise
from labeling.kinds.base import AnnotationKind, Completions, Rows
from labeling.kinds.comparing import Sums
from labeling.kinds.grading import comparing, rows, showing, simulating
from labeling.kinds.grading.body import FIELD, GradingBody, check_gradings, scores
from labeling.kinds.grading.exports import EXPORTS
from labeling.kinds.grading.settings import GradingSettings
from labeling.kinds.paths import WHOLE, Paths
from labeling.kinds.simulation import Simulated
from labeling.models import Annotation, Assignment, Completion, Task
from labeling.queries import AnnotationQuerySet


class Grading(AnnotationKind):
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
    enter_submits = True
    reads_rubric = True
    tables = ("rankings",)
    exports = EXPORTS
    agreement = comparing.FIGURES
    example = (
        '{"kind": "grading", "prompt": "How long do I boil an egg?", "rubric": [{"text": "Says how'
        ' many minutes", "points": 5}, {"text": "Would spoil the egg", "points": -3}],'
        ' "completions": ["Six minutes.", "An hour."], "answer": {"texts": [{"completion": "Six'
        ' minutes.", "met": [true, false]}, {"completion": "An hour.", "met": [false, true]}]}}'
    )
    marks: ClassVar = {"met_fault": _("Meets an item with points below 0")}
    Body = GradingBody
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

    def shown(self, annotation: Annotation) -> list[tuple[str, str]]:
        """The texts as the annotator saw them."""
        return [(text["letter"], text["completion"].text) for text in textwise.seen(annotation)]

    def answer_context(self, annotation: Annotation) -> dict[str, Any]:
        """Each text with its score and its items."""
        return showing.answer(annotation)

    def is_worth_asking(self, completions: Sequence[Completion]) -> bool:
        """Whether there is a text to grade, and a rubric."""
        has_text = any(completion.text.strip() for completion in completions)
        return has_text and bool(completions[0].prompt.rubric)

    def training_rows(self, annotation: Annotation) -> Rows:
        """One ranking by the scores, where the project wants one."""
        return scored.training_rows(annotation, self._scores(annotation))

    def teaching(
        self, annotations: AnnotationQuerySet, paths: Paths = WHOLE
    ) -> dict[str, AnnotationQuerySet]:
        """Those that put any two texts into an order."""
        found = annotations.annotate(pairs=rows.strict_pairs(paths))
        return {"rankings": found.exclude(pairs=0)}

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """Whether they say the same of each item, and how far their scores lie apart."""
        return comparing.compare(one, other, self.settings_of(one.task))

    def pattern(self, annotation: Annotation) -> tuple[int, ...]:
        """The rank of each text by its score."""
        shown = [text["ids"][0] for text in textwise.seen(annotation)]
        return scored.pattern(shown, self._scores(annotation))

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether a text meets an item that counts against it."""
        faults = [item["points"] < 0 for item in annotation.task.prompt.rubric]
        met = (zip(faults, one["met"], strict=True) for one in annotation.body[FIELD])
        return ["met_fault"] if any((True, True) in set(each) for each in met) else []

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """Gradings of texts as gradings of ids."""
        return textwise.by_ids(body, FIELD, ids)

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """The better the text the more of what counts for it, and the less against it."""
        completions = list(task.completions.order_by("pk"))
        return simulating.grade(completions, annotator, task.prompt.rubric)

    def _scores(self, annotation: Annotation) -> dict[int, float]:
        items = annotation.task.prompt.rubric
        return scores(annotation.body, items, self.settings_of(annotation.task))


KIND = Grading()
