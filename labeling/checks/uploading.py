"""Gold tasks that a file held, stored."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from labeling import kind_settings
from labeling.checks.files import GoldRow, body_of
from labeling.health.languages import guess_language
from labeling.models import (
    Annotation,
    Assignment,
    Completion,
    Gold,
    Preamble,
    Project,
    Prompt,
    Purpose,
    Split,
    Task,
)

NO_ROUND = 0  # of tasks that no round asked for


@transaction.atomic
def store(*, project: Project, rows: Sequence[GoldRow], by: User, source: str) -> int:
    """Store the rows that are not there yet, with `by` as the author of the answers; how many.

    Their prompts are withdrawn from the start: nobody is asked about them but as gold, no model
    trains on them. A prompt that the project has already stays as it is.
    """
    preamble = Preamble.objects.in_force(project)  # as what people are asked beside them has
    stored = sum(_store(project, row, by, source, preamble) for row in rows)
    details = {"source": source, "created": stored}
    target = f"labeling.Project:{project.pk}"
    audit(actor=by, action="golds.imported", target=target, details=details)
    return stored


def _store(
    project: Project, row: GoldRow, by: User, source: str, preamble: Preamble | None
) -> bool:
    prompt = _prompt(project, row, source)
    if Gold.objects.filter(task__prompt=prompt, task__kind=row.kind).exists():
        return False
    task = Task.objects.create(
        project=project,
        kind=row.kind,
        prompt=prompt,
        settings=kind_settings.in_force(project, row.kind),
        preamble=preamble,
        language=prompt.language,
        round_number=NO_ROUND,
        state=Task.State.DONE,
        free_slots=0,
    )
    texts = [Completion(prompt=prompt, text=text, round_number=0) for text in row.completions]
    task.completions.set(Completion.objects.bulk_create(texts))
    task.completion_ids = [completion.pk for completion in texts]
    assignment = Assignment.objects.create(
        task=task,
        annotator=by,
        purpose=Purpose.GOLD,
        slot=0,
        state=Assignment.State.SUBMITTED,
        lease_until=timezone.now(),
        shown_order=task.completion_ids,
    )
    answer = Annotation.objects.create(
        project=project,
        task=task,
        assignment=assignment,
        annotator=by,
        kind=row.kind,
        body=body_of(row, task),
        shown_order=task.completion_ids,
        guideline_version=project.guideline_version,
        is_simulated=by.is_simulated,
        purpose=Purpose.GOLD,
        standing=Annotation.Standing.CHECK,
    )
    Gold.objects.create(
        project=project, task=task, answer=answer, is_test=row.is_test, created_by=by
    )
    return True


def _prompt(project: Project, row: GoldRow, source: str) -> Prompt:
    asked = row.prompt
    found, _made = Prompt.objects.get_or_create(
        project=project,
        sha256=asked.sha256,
        defaults={
            "messages": asked.messages,
            "given": asked.given,
            "rubric": asked.rubric,
            "language": asked.language or guess_language(asked.last_text),
            "source": source[:200],
            "split": Split.HELDOUT,
            "withdrawn_at": timezone.now(),
        },
    )
    if asked.rubric and not found.rubric:
        found.rubric = asked.rubric
        found.save(update_fields=["rubric"])
    return found
