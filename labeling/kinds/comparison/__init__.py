"""Comparison: the annotator says which of two completions is better, and by how much."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from labeling.formats.base import Label
from labeling.kinds.base import AnnotationKind, Completions, Rows
from labeling.kinds.comparing import Sums
from labeling.kinds.comparison import comparing, showing, simulating
from labeling.kinds.comparison.body import ComparisonBody, check_answer, tiers
from labeling.kinds.comparison.exports import EXPORTS
from labeling.kinds.comparison.uploaded import READS, of_label
from labeling.kinds.paths import WHOLE, Paths
from labeling.kinds.simulation import Simulated
from labeling.kinds.texts import ids_of, of_people
from labeling.models import Annotation, Assignment, Completion, Task
from labeling.queries import AnnotationQuerySet


class Comparison(AnnotationKind):
    """Shows two completions of one prompt."""

    name = "comparison"
    label = _("Comparison")
    plural = _("Comparisons")
    instruction = _("Which completion is better?")
    help = _("Two completions side by side: which is better, and by how much.")
    completions = Completions(fewest=2, most=2, usual=2)
    enter_submits = True
    judges = True
    tables = ("rankings",)
    exports = EXPORTS
    reads = READS
    agreement = comparing.FIGURES
    example = (
        '{"kind": "comparison", "prompt": "How long do I boil an egg?", "completions": ["Six'
        ' minutes.", "An hour."], "answer": {"better": "Six minutes.", "strength": 3}}'
    )
    marks: ClassVar = {"both_bad": _("Both called bad")}
    Body = ComparisonBody
    refers = ("better",)

    def check(self, task: Task, body: ComparisonBody) -> None:
        """BadInputError unless it prefers one of the two, or neither."""
        check_answer(task, body)

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The two sides, and the steps between them."""
        return showing.context(assignment)

    def summary(self, annotation: Annotation) -> str:
        """By the letters that the annotator saw, as in "B is much better"."""
        return showing.summary(annotation)

    def shown(self, annotation: Annotation) -> list[tuple[str, str]]:
        """The sides as the annotator saw them."""
        return [(side["letter"], side["completion"].text) for side in showing.seen(annotation)]

    def is_worth_asking(self, completions: Sequence[Completion]) -> bool:
        """Whether the texts differ."""
        return len({completion.text for completion in completions}) > 1

    def training_rows(self, annotation: Annotation) -> Rows:
        """A ranking of two; a tie is one tier, and so are two bad ones."""
        # In the order of their keys: the same labels give the same snapshot.
        completions = sorted(annotation.task.completions.all(), key=lambda each: each.pk)
        position = {completion.pk: place for place, completion in enumerate(completions)}
        ranking = {
            "completions": [completion.text for completion in completions],
            "finished": [c.finish_reason == Completion.FinishReason.STOP for c in completions],
            "tiers": [
                [position[pk] for pk in tier] for tier in tiers(annotation.body, list(position))
            ],
            "human": of_people(completions),
        }
        return {"rankings": [ranking]}

    def teaching(
        self, annotations: AnnotationQuerySet, paths: Paths = WHOLE
    ) -> dict[str, AnnotationQuerySet]:
        """Those that prefer one."""
        preferring = annotations.filter(**{f"{paths.body}__strength__gt": 0})
        return {"rankings": preferring.annotate(pairs=Value(1))}

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """The distance of the orders, the steps between, and whether both are bad."""
        return comparing.compare(one, other)

    def pattern(self, annotation: Annotation) -> tuple[int, ...]:
        """The rank of each side."""
        return comparing.pattern(annotation)

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether both texts are bad."""
        return ["both_bad"] if annotation.body["both_bad"] else []

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """The better completion by its id."""
        text = body.get("better")
        return {**body, "better": ids_of([text], ids)[0]} if isinstance(text, str) else body

    def imported(self, label: Label, ids: Sequence[int], settings: object) -> dict[str, Any] | None:
        """Two texts of which one is better by so much, where Rondo has exported them."""
        return of_label(label, ids) if label.kind == self.name or label.has_strength else None

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """A Bradley-Terry draw by gold, its strength by the distance."""
        return simulating.compare(list(task.completions.order_by("pk")), annotator)


KIND = Comparison()
