"""Whether people prefer places or long texts: the labels of all of them together."""

from typing import Any

from labeling.kinds import kinds
from labeling.models import Annotation
from measures import bootstrap, habits
from quality import people
from quality.known import ENOUGH, NEWEST
from quality.models import ProjectFigures


def compute(project_id: int) -> None:
    """Store the habits of each kind that ranks texts, where its newest answers are others now."""
    given = Annotation.objects.filter(project=project_id).given().drawn().order_by("-pk")
    ranked = [kind.name for kind in kinds().values() if "rankings" in kind.tables]
    newest = {
        name: list(given.filter(kind=name).values_list("pk", flat=True)[:NEWEST]) for name in ranked
    }
    figures = ProjectFigures.objects.get(pk=project_id)
    if not figures.are_of("bias", (key for keys in newest.values() for key in keys)):
        found = [_of_kind(name, keys) for name, keys in newest.items()]
        figures.bias = [row for row in found if row is not None]
        figures.save(update_fields=["bias", "newest"])


def _of_kind(name: str, newest: list[int]) -> dict[str, Any] | None:
    """As a person's, but intervals of places are over prompts; None for too few answers."""
    rows = Annotation.objects.filter(pk__in=newest).with_content().order_by("pk")
    kind = kinds()[name]
    answers = [one for one in rows if kind.pattern(one)]
    if len(answers) < ENOUGH:
        return None
    row = people.habits_of(name, answers)
    for place in row["places"]:
        place |= _interval(answers, of=place["of"], place=place["place"] - 1)
    return row | {"run": None, "people": len({answer.annotator_id for answer in answers})}


def _interval(answers: list[Annotation], *, of: int, place: int) -> dict[str, float]:
    """How sure the share of a place is, by prompts drawn anew."""
    rows, prompts = [], []
    for answer in answers:
        pattern = kinds()[answer.kind].pattern(answer)
        best = habits.best_place(pattern)
        if len(pattern) == of and best is not None:
            rows.append((float(best == place), 1.0))
            prompts.append(answer.task.prompt_id)
    found = bootstrap.interval(bootstrap.clustered(prompts, rows), bootstrap.ratio)
    return {"low": found.low, "high": found.high} if found else {}
