"""What annotators learn of checks: nothing, or how they differed where the project wants that."""

from collections.abc import Iterable
from dataclasses import dataclass

from labeling.checks.choosing import settings_of
from labeling.kinds import kinds
from labeling.kinds.base import Wrote
from labeling.models import Annotation, CheckScore, Gold, Project, Purpose, SolutionShown


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """The right answer as the annotator would have seen it, and how near theirs came to it.

    answered: with the texts that it is about, if its kind shows it so; wrote: the text in it.
    """

    summary: str
    answered: str
    wrote: Wrote | None
    percent: int | None


def conceal(answers: Iterable[Annotation], project: Project) -> None:
    """Let answers to checks look like all others, in memory, where their authors are not told."""
    told = {Purpose.GOLD} if settings_of(project).feedback else set()
    for answer in answers:
        if answer.standing == Annotation.Standing.CHECK and answer.purpose not in told:
            answer.standing = Annotation.Standing.COUNTS


def feedback(answer: Annotation) -> Feedback | None:
    """How an answer to a gold task differed, noted as shown; None where its author is not told.

    Of the test nothing is told: it may be tried again.
    """
    if answer.purpose != Purpose.GOLD or not settings_of(answer.task.project).feedback:
        return None
    golds = Gold.objects.filter(task=answer.task_id, is_test=False, retired_at=None)
    gold = golds.select_related("answer").first()
    if gold is None:
        return None
    SolutionShown.objects.bulk_create([SolutionShown(annotation=answer)], ignore_conflicts=True)
    right = gold.answer
    right.task, right.shown_order = answer.task, answer.shown_order
    score = CheckScore.objects.filter(annotation=answer).first()
    return Feedback(
        summary=kinds()[answer.kind].summary(right),
        answered=kinds()[answer.kind].answered(right),
        wrote=kinds()[answer.kind].wrote(right),
        percent=round(100 * score.agreement) if score else None,
    )
