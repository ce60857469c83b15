"""What annotators learn of checks: nothing, or how they differed where the project wants that.

Whatever tells them that an answer was to a check notes it, in the request that does: from then on
the answer stays as it is (labeling.checks.closing).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from labeling.checks import figures
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
    """Let answers to checks look like all others, in memory, where their authors are not told.

    Where they are, this notes it of those that do not.
    """
    told = {Purpose.GOLD} if settings_of(project).feedback else set()
    checks = [answer for answer in answers if answer.standing == Annotation.Standing.CHECK]
    for answer in checks:
        if answer.purpose not in told:
            answer.standing = Annotation.Standing.COUNTS
    shown = [answer for answer in checks if answer.purpose in told]
    if shown:
        golds = Gold.objects.filter(task__in=[answer.task_id for answer in shown], is_test=False)
        mixed = set(golds.values_list("task", flat=True))
        _note(answer.pk for answer in shown if answer.task_id in mixed)


def own_figures(project: Project, person: User) -> list[figures.Row]:
    """How near their checks came, for themselves; none where the project does not want it."""
    if not settings_of(project).feedback:
        return []
    counted = figures.counted(project).filter(annotator=person, purpose=Purpose.GOLD)
    new = counted.filter(gold__is_test=False, annotation__solution_shown=None)
    _note(new.values_list("annotation", flat=True))
    return figures.of_person(project, person)


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
    _note([answer.pk])
    right = gold.answer
    right.task, right.shown_order = answer.task, answer.shown_order
    score = CheckScore.objects.filter(annotation=answer).first()
    return Feedback(
        summary=kinds()[answer.kind].summary(right),
        answered=kinds()[answer.kind].answered(right),
        wrote=kinds()[answer.kind].wrote(right),
        percent=round(100 * score.agreement) if score else None,
    )


def _note(answers: Iterable[int]) -> None:
    rows = [SolutionShown(annotation_id=pk) for pk in answers]
    SolutionShown.objects.bulk_create(rows, ignore_conflicts=True)
