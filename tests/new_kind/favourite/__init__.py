"""Favourite: the annotator picks the best of a few completions. One folder is a whole kind."""

from typing import Any

from django.db.models import Func, IntegerField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from labeling.kinds.favourite.exports import EXPORTS

from labeling.kinds.base import AnnotationKind, Body, Completions, Rows, unfit
from labeling.kinds.paths import WHOLE, Paths
from labeling.kinds.simulation import Simulated
from labeling.kinds.texts import of_people
from labeling.models import Annotation, Assignment, Completion, Task
from labeling.queries import AnnotationQuerySet


class FavouriteBody(Body):
    """The completion that is best."""

    best: int


class Favourite(AnnotationKind):
    """Shows 2 to 5 completions of one prompt."""

    name = "favourite"
    label = gettext_lazy("Favourite")
    plural = gettext_lazy("Favourites")
    instruction = gettext_lazy("Pick the best completion")
    help = gettext_lazy("People pick the best of a few completions.")
    completions = Completions(
        fewest=2,
        most=5,
        usual=2,
        label=gettext_lazy("Completions to pick from"),
        help=gettext_lazy("2 to 5."),
    )
    enter_submits = True
    tables = ("rankings",)
    exports = EXPORTS
    Body = FavouriteBody
    refers = ("best",)

    def check(self, task: Task, body: FavouriteBody) -> None:
        """BadInputError unless the completion is the task's."""
        if not task.completions.filter(pk=body.best).exists():
            raise unfit("best", _("This completion does not belong to the task."))

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The completions in the order of this annotator."""
        found = Completion.objects.in_bulk(assignment.shown_order)
        return {"shown": [found[pk] for pk in assignment.shown_order]}

    def summary(self, annotation: Annotation) -> str:
        """The text that was picked."""
        return next(
            completion.text
            for completion in annotation.task.completions.all()
            if completion.pk == annotation.body["best"]
        )

    def is_worth_asking(self, completions: Any) -> bool:
        """Whether any two texts differ."""
        return len({completion.text for completion in completions}) > 1

    def training_rows(self, annotation: Annotation) -> Rows:
        """A ranking of two tiers: the best, and all others."""
        completions = list(annotation.task.completions.all())
        best = [completion.pk for completion in completions].index(annotation.body["best"])
        others = [place for place in range(len(completions)) if place != best]
        ranking = {
            "completions": [completion.text for completion in completions],
            "finished": [c.finish_reason == Completion.FinishReason.STOP for c in completions],
            "tiers": [[best], others],
            "human": of_people(completions),
        }
        return {"rankings": [ranking]}

    def teaching(
        self, annotations: AnnotationQuerySet, paths: Paths = WHOLE
    ) -> dict[str, AnnotationQuerySet]:
        """Each is as many comparisons as there are others."""
        shown = Func("shown_order", function="jsonb_array_length", output_field=IntegerField())
        return {"rankings": annotations.annotate(pairs=shown - 1)}

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """A draw by gold, with noise."""
        temperature = annotator.habits.temperature
        felt = {
            completion.pk: annotator.score(completion) / temperature + annotator.noise()
            for completion in task.completions.order_by("pk")
        }
        return {"best": max(felt, key=lambda pk: felt[pk])}


KIND = Favourite()
