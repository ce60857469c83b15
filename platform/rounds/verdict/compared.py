"""What each answer says of versions: told once, and again where its task's answers have changed."""

from collections.abc import Iterator
from itertools import combinations

from django.db import transaction
from django.db.models import Count, Prefetch

from labeling.kinds import kinds
from labeling.models import Annotation, Completion, Project, Purpose, Review, Task
from quality.measuring import steps
from rounds.models import Compared, Verdict
from rounds.queries import usable_annotations
from rounds.verdict.texts import Pair


def catch_up(row: Verdict) -> None:
    """Tell it of the tasks whose answers have changed since."""
    answers = Annotation.objects.filter(project=row.project_id)
    for last, tasks in steps(answers, row.compared_annotation, "task"):
        _note(row, tasks, compared_annotation=last)
    reviews = Review.objects.filter(annotation__project=row.project_id)
    for last, tasks in steps(reviews, row.compared_review, "annotation__task"):
        _note(row, tasks, compared_review=last)


@transaction.atomic
def _note(row: Verdict, tasks: set[int], **last: int) -> None:
    writers = Count("completions__model_version", distinct=True)
    # Not of what was chosen where reward models differ: a version may win there and not elsewhere.
    drawn = Task.objects.filter(pk__in=tasks).drawn()
    mixed = drawn.annotate(writers=writers).filter(writers__gt=1)
    Compared.objects.filter(annotation__task__in=tasks).delete()
    Compared.objects.bulk_create(
        Compared(
            annotation=answer,
            project_id=row.project_id,
            prompt_id=answer.task.prompt_id,
            is_vote=answer.purpose == Purpose.VERDICT,
            outcomes=found,
        )
        for answer in _usable(row.project, set(mixed.values_list("pk", flat=True)))
        if (found := [[*pair, outcome] for pair, outcome in outcomes(answer)])
    )
    Verdict.objects.filter(pk=row.pk).update(**last)


def _usable(project: Project, tasks: set[int]) -> Iterator[Annotation]:
    """Labels and votes that count; simulated ones never together with people's."""
    votes = project.annotations.votes().filter(is_simulated=project.is_simulated)
    completions = Prefetch("task__completions", Completion.objects.order_by("pk"))
    for answers in (usable_annotations(project), votes):
        rows = answers.filter(task__in=tasks).select_related("task__prompt")
        yield from rows.prefetch_related(completions).order_by("pk")


def outcomes(answer: Annotation) -> Iterator[tuple[Pair, float]]:
    """For each two texts of different versions whether the newer version's is better."""
    completions = list(answer.task.completions.all())
    texts = [completion.text for completion in completions]
    for row in kinds()[answer.kind].training_rows(answer).get("rankings", []):
        if row["completions"][: len(texts)] != texts:  # the annotator’s own comes first
            continue
        tier_of = {place: tier for tier, places in enumerate(row["tiers"]) for place in places}
        for one, other in combinations(range(len(texts)), 2):
            first, second = (completions[place].model_version_id for place in (one, other))
            if first is None or second is None or first == second:
                continue
            if first < second:
                yield (first, second), _outcome(tier_of[other], tier_of[one])
            else:
                yield (second, first), _outcome(tier_of[one], tier_of[other])


def _outcome(newer: int, older: int) -> float:
    return 0.5 if newer == older else float(newer < older)
