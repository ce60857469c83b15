"""Opening tasks and withdrawing them."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from labeling import human_texts, kind_settings, told
from labeling.kinds import kinds
from labeling.models import LAST_TURN, Completion, Preamble, Project, Prompt, Purpose, Task


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
    purpose: Purpose = Purpose.LABEL,
    is_chosen: bool = False,
    preamble: Preamble | None = None,
) -> list[Task]:
    """Open one task for each prompt, or for each group of completions of one prompt.

    They are spread evenly among what is still to be done at this priority, so that people meet the
    kinds mixed although some wait for their completions and others do not.

    overlap: answers per task, the project's own where it is not given. preamble: what stood before
    the prompts when the completions were written.
    """
    asked: list[tuple[Prompt, list[Completion]]] = [(prompt, []) for prompt in prompts or []]
    asked += [(group[0].prompt, list(group)) for group in groups or []]
    completions = kinds()[kind].completions
    for prompt, group in asked:
        fits = completions.fewest <= len(group) <= completions.most
        fits = fits and {completion.prompt_id for completion in group} <= {prompt.pk}
        if not fits or prompt.project_id != project.pk:
            raise BadInputError(
                f"a {kind} task needs {completions.fewest} to {completions.most} completions of "
                "one prompt of the project"
            )
        if kinds()[kind].reads_rubric and not prompt.rubric:
            raise BadInputError(f"a {kind} task needs a prompt with a rubric")
    idle = told.without_work(project) if asked else []
    slots = overlap or project.overlap
    settings = kind_settings.in_force(project, kind) if asked else None
    reached = Task.objects.turn_reached(project, priority=priority)
    tasks = Task.objects.bulk_create(
        Task(
            project=project,
            kind=kind,
            prompt=prompt,
            settings=settings,
            purpose=purpose,
            is_chosen=is_chosen,
            preamble=preamble,
            authors=human_texts.authors_of(group),
            language=prompt.language,
            round_number=round_number,
            overlap=slots,
            free_slots=slots,
            priority=priority,
            turn=reached + (LAST_TURN - reached) * (2 * index + 1) // (2 * len(asked)),
        )
        for index, (prompt, group) in enumerate(asked)
    )
    through = Task.completions.through
    through.objects.bulk_create(
        through(task_id=task.pk, completion_id=completion.pk)
        for task, (_prompt, group) in zip(tasks, asked, strict=True)
        for completion in group
    )
    told.of_tasks(project, idle)
    return tasks


@transaction.atomic
def withdraw(*, task: Task, by: User) -> None:
    """Hand the task out no more. What people have begun they may still submit."""
    still_open = Task.objects.filter(pk=task.pk, state=Task.State.OPEN)
    if not still_open.update(state=Task.State.WITHDRAWN):
        raise ConflictError(_("This task is already done or withdrawn."))
    audit(actor=by, action="task.withdrawn", target=f"labeling.Task:{task.pk}")
