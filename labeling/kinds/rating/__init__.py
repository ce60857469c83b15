"""Rating: the annotator gives each text numbers from 1 to 7 and flags, as the project asks."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from labeling.kinds.base import Completions
from labeling.kinds.comparing import Sums
from labeling.kinds.paths import Paths
from labeling.kinds.rating import comparing, rows, showing, simulating
from labeling.kinds.rating.body import FIELD, RatingBody, check_ratings, scores
from labeling.kinds.rating.exports import EXPORTS
from labeling.kinds.rating.settings import RatingSettings, aims, helpful, instructgpt
from labeling.kinds.rating.template import FLAGS
from labeling.kinds.rating.uploaded import READS
from labeling.kinds.scored import StrictPairs
from labeling.kinds.simulation import Simulated
from labeling.kinds.text_by_text import TextByText
from labeling.models import Annotation, Assignment, Task


class Rating(TextByText):
    """Shows 1 to 9 completions of one prompt."""

    name = "rating"
    label = _("Rating")
    plural = _("Ratings")
    instruction = _("Rate the texts")
    help = _("Each text by the criteria of the project: numbers from 1 to 7, and flags.")
    completions = Completions(
        fewest=1,
        most=9,
        usual=4,
        label=_("Completions per rating"),
        help=_("1 to 9; InstructGPT’s labelers rated the 4 to 9 that they then ranked."),
    )
    field = FIELD
    enter_submits = True
    combines = True
    tables = ("rankings",)
    exports = EXPORTS
    reads = READS
    agreement = comparing.FIGURES
    example = (
        '{"kind": "rating", "prompt": "How long do I boil an egg?", "completions": ["Six minutes.",'
        ' "An hour."], "answer": {"ratings": [{"completion": "Six minutes.", "scales": {"overall":'
        ' 6}, "flags": []}, {"completion": "An hour.", "scales": {"overall": 1}, "flags":'
        ' ["fails_instruction"]}]}}'
    )
    marks: ClassVar = {
        "flagged": _("A flag of a rating, whichever"),
        **{one.name: _(one.label) for one in FLAGS},
    }
    Body = RatingBody
    refers = ("ratings.*.completion",)
    Settings = RatingSettings
    templates: ClassVar = {
        "instructgpt": (_("InstructGPT: overall quality and flags"), instructgpt),
        "helpful": (_("Overall, helpful, honest, harmless"), helpful),
        "aims": (_("Helpful, honest, harmless"), aims),
    }

    def check(self, task: Task, body: RatingBody) -> None:
        """BadInputError unless each text has each number."""
        check_ratings(task, body, self.settings_of(task))

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The texts, the scales and the flags."""
        return showing.context(assignment, self.settings_of(assignment.task))

    def summary(self, annotation: Annotation) -> str:
        """By the letters that the annotator saw, as in "A 6 · B 2: Hallucination"."""
        return showing.summary(annotation, self.settings_of(annotation.task))

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """How near the numbers are, what both flag, and how alike the orders are."""
        return comparing.compare(one, other, self.settings_of(one.task))

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether it sets a flag, and those of the template that lists are filtered by."""
        found = showing.flags_set(annotation)
        return [name for name in self.marks if name in found or (found and name == "flagged")]

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """Numbers around the gold."""
        completions = list(task.completions.order_by("pk"))
        return simulating.rate(completions, annotator, self.settings_of(task))

    def scores(self, annotation: Annotation) -> dict[int, float]:
        """By the numbers, as the project orders texts by them."""
        return scores(annotation.body, self.settings_of(annotation.task))

    def strict_pairs(self, paths: Paths) -> StrictPairs:
        """By the scores."""
        return rows.strict_pairs(paths)


KIND = Rating()
