"""Opening tasks."""

from collections.abc import Sequence

from django.db import transaction

from core.errors import BadInputError
from labeling.kinds import kinds
from labeling.models import Completion, Project, Prompt, Task


@transaction.atomic
def open_tasks(
    *,
    project: Project,
    kind: str,
    prompts: Sequence[Prompt] | None = None,
    groups: Sequence[Sequence[Completion]] | None = None,
    round_number: int = 1,
    overlap: int | None = None,
    priority: int = 0,
) -> list[Task]:
    """Open one task for each prompt, or for each group of completions of one prompt.

    overlap: answers per task, the project's own where it is not given.
    """
    asked: list[tuple[Prompt, list[Completion]]] = [(prompt, []) for prompt in prompts or []]
    asked += [(group[0].prompt, list(group)) for group in groups or []]
    fewest, most = kinds()[kind].completions
    for prompt, group in asked:
        fits = fewest <= len(group) <= most and {c.prompt_id for c in group} <= {prompt.pk}
        if not fits or prompt.project_id != project.pk:
            raise BadInputError(
                f"a {kind} task needs {fewest} to {most} completions of one prompt of the project"
            )
    slots = overlap or project.overlap
    tasks = Task.objects.bulk_create(
        Task(
            project=project,
            kind=kind,
            prompt=prompt,
            round_number=round_number,
            overlap=slots,
            free_slots=slots,
            priority=priority,
        )
        for prompt, _ in asked
    )
    through = Task.completions.through
    through.objects.bulk_create(
        through(task_id=task.pk, completion_id=completion.pk)
        for task, (_, group) in zip(tasks, asked, strict=True)
        for completion in group
    )
    return tasks


@transaction.atomic
def withdraw(*, project: Project, kind: str, round_number: int) -> int:
    """Hand out no more tasks of a round; how many. What people have begun they may still submit."""
    return Task.objects.filter(
        project=project, kind=kind, round_number=round_number, state=Task.State.OPEN
    ).update(state=Task.State.WITHDRAWN)
