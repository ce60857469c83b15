"""Ranking: the annotator sorts K completions into tiers, best first, with ties."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from labeling.formats.base import Label
from labeling.kinds.base import AnnotationKind, Completions, Rows, Wrote
from labeling.kinds.comparing import Sums
from labeling.kinds.paths import WHOLE, Paths
from labeling.kinds.ranking import comparing, rows, showing, simulating, uploaded
from labeling.kinds.ranking.body import RankingBody, check_places, check_written
from labeling.kinds.ranking.exports import EXPORTS
from labeling.kinds.ranking.settings import RankingSettings
from labeling.kinds.simulation import Simulated
from labeling.models import Annotation, Assignment, Completion, Task
from labeling.queries import AnnotationQuerySet


class Ranking(AnnotationKind):
    """Shows 2 to 9 completions of one prompt."""

    name = "ranking"
    label = _("Ranking")
    plural = _("Rankings")
    instruction = _("Rank the completions")
    help = _("Several completions, best to worst.")
    proposed = 30
    completions = Completions(
        fewest=2,
        most=9,
        usual=4,
        label=_("Completions per ranking"),
        help=_(
            "2 to 9; InstructGPT had 4 to 9. Four give six comparisons for little more reading "
            "than two; from six on ranking tires."
        ),
    )
    enter_submits = True
    combines = True
    tables = ("rankings", "demonstrations")
    exports = EXPORTS
    reads = uploaded.READS
    agreement = comparing.FIGURES
    example = (
        '{"kind": "ranking", "prompt": "How long do I boil eggs?", "completions": ["Six minutes.",'
        ' "An hour.", "No."], "answer": {"tiers": [["Six minutes."], ["No."]], "unacceptable":'
        ' ["An hour."]}}'
    )
    marks: ClassVar = {"unacceptable": _("A text called unacceptable")}
    Body = RankingBody
    refers = ("tiers.*.*", "unacceptable.*", "written.original")
    Settings = RankingSettings

    def check(self, task: Task, body: RankingBody) -> None:
        """BadInputError unless each text has one place, and one that is written a place to have."""
        check_places(task, body)
        if body.written is not None:
            check_written(task, body.written, body.tiers, offered=self.settings_of(task).own_text)

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The columns, and the ranks that they can have."""
        return showing.context(assignment, may_write=self.settings_of(assignment.task).own_text)

    def summary(self, annotation: Annotation) -> str:
        """The order by the letters that the annotator saw, as in "B > A = D · C unacceptable"."""
        return showing.summary(annotation)

    def written(self, annotation: Annotation) -> Wrote | None:
        """The annotator's own text, where none was good enough."""
        return showing.written(annotation)

    def shown(self, annotation: Annotation) -> list[tuple[str, str]]:
        """The columns as the annotator saw them."""
        return [(c["letter"], c["completion"].text) for c in showing.seen(annotation)]

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """Fagin's distance of the orders, what chance makes of it, and what stands beside it."""
        return comparing.compare(one, other)

    def pattern(self, annotation: Annotation) -> tuple[int, ...]:
        """The tier of each column."""
        return showing.pattern(annotation)

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether a text is unacceptable."""
        return ["unacceptable"] if annotation.body["unacceptable"] else []

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """Tiers of texts as tiers of ids."""
        return uploaded.by_ids(body, ids)

    def imported(self, label: Label, ids: Sequence[int], settings: object) -> dict[str, Any] | None:
        """Texts in an order; a single one is acceptable or not."""
        return uploaded.of_label(label, ids)

    def is_worth_asking(self, completions: Sequence[Completion]) -> bool:
        """Whether any two texts differ."""
        return len({completion.text for completion in completions}) > 1

    def training_rows(self, annotation: Annotation) -> Rows:
        """One ranking, the unacceptable ones its last tier; a text of their own teaches twice."""
        return rows.training_rows(annotation)

    def teaching(
        self, annotations: AnnotationQuerySet, paths: Paths = WHOLE
    ) -> dict[str, AnnotationQuerySet]:
        """Those that put any two texts into different tiers, and those with one of their own."""
        return rows.teaching(annotations, paths)

    def edited(self, annotations: AnnotationQuerySet, paths: Paths = WHOLE) -> AnnotationQuerySet:
        """Those whose own text is a completion, edited."""
        return rows.edited(annotations, paths)

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """A draw of Plackett and Luce around the gold, with ties, and misread now and then."""
        return simulating.rank(list(task.completions.order_by("pk")), annotator)


KIND = Ranking()
