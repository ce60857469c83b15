"""How near an answer to a check comes to the gold one, or to the person's own first answer."""

from labeling.kinds import kinds
from labeling.models import Annotation, CheckScore, Gold, Purpose

Standing = Annotation.Standing


def score(annotation: Annotation) -> CheckScore | None:
    """Note it; nothing where there is nothing to compare with. In the answer's own transaction."""
    CheckScore.objects.filter(annotation=annotation.revises_id).delete()  # corrected
    gold = None
    if annotation.purpose == Purpose.GOLD:
        gold = Gold.objects.select_related("answer").filter(task=annotation.task_id).first()
        against = gold.answer if gold else None
    else:
        against = first_answer(annotation)
    if against is None:
        return None
    agreement = agreement_of(annotation, against)
    if agreement is None:
        return None
    found, _made = CheckScore.objects.update_or_create(
        annotation=annotation,
        defaults={
            "against": against,
            "gold": gold,
            "project_id": annotation.project_id,
            "annotator_id": annotation.annotator_id,
            "purpose": annotation.purpose,
            "kind": annotation.kind,
            "agreement": agreement,
        },
    )
    return found


def score_again(gold: Gold) -> None:
    """The answers to a gold task, whose right answer is another one now."""
    given = Annotation.objects.filter(
        task=gold.task_id, purpose=Purpose.GOLD, standing=Standing.CHECK
    )
    for annotation in given.exclude(pk=gold.answer_id).select_related("task"):
        score(annotation)


def first_answer(annotation: Annotation) -> Annotation | None:
    """What the person said of the task when it was a task to them."""
    own = Annotation.objects.newest().filter(
        task=annotation.task_id, annotator=annotation.annotator_id, purpose=Purpose.LABEL
    )
    return own.order_by("pk").last()


def agreement_of(one: Annotation, other: Annotation) -> float | None:
    """How much two answers to one task agree by their kind's own figure; None where it has none."""
    other.task = one.task
    kind = kinds()[one.kind]
    found = kind.compare(one, other).get(kind.agreement[0].name) if kind.agreement else None
    return found[0] / found[1] if found and found[1] else None
