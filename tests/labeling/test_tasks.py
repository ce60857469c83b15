"""Opening tasks and withdrawing them."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from labeling.assigning import claim_next
from labeling.completions import store_completions
from labeling.models import Assignment, Project, Task
from labeling.tasks import open_tasks, withdraw
from tests.factories import make_completion, make_project, make_prompt, make_task, make_version


def test_tasks_have_the_projects_overlap_and_their_completions(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(overlap=3)
    project.refresh_from_db()
    prompt = make_prompt(project)
    group = [make_completion(prompt) for _ in range(4)]

    (task,) = open_tasks(project=project, kind="ranking", groups=[group], round_number=2)

    assert (task.overlap, task.free_slots, task.round_number) == (3, 3, 2)
    assert list(task.completions.order_by("pk")) == group


def test_groups_that_make_no_task(project: Project) -> None:
    prompt, other = make_prompt(project), make_prompt(project)
    one, two = make_completion(prompt), make_completion(other)
    foreign = make_prompt(make_project())
    bad = [
        {"kind": "ranking", "groups": [[one]]},
        {"kind": "ranking", "groups": [[one, two]]},
        {"kind": "ranking", "prompts": [prompt]},
        {"kind": "correction", "groups": [[one, one]]},
        {"kind": "demonstration", "groups": [[one]]},
        {"kind": "demonstration", "prompts": [foreign]},
    ]
    for arguments in bad:
        with pytest.raises(BadInputError):
            open_tasks(project=project, **arguments)
    assert Task.objects.count() == 0


def test_people_meet_the_kinds_mixed_though_some_open_later(project: Project, ada: User) -> None:
    def opened(kind: str, number: int, size: int = 0) -> None:
        prompts = [make_prompt(project) for _ in range(number)]
        groups = [[make_completion(prompt) for _ in range(size)] for prompt in prompts]
        asked = {"groups": groups} if size else {"prompts": prompts}
        open_tasks(project=project, kind=kind, **asked)

    def claimed(number: int) -> str:
        letters = ""
        for _ in range(number):
            assignment = claim_next(project=project, annotator=ada)
            Assignment.objects.filter(pk=assignment.pk).update(state="submitted")
            letters += assignment.task.kind[0]
        return letters

    opened("demonstration", 9)
    assert claimed(3) == "ddd"
    opened("ranking", 3, size=2)
    opened("correction", 3, size=1)
    assert claimed(4) == "drcd"
    opened("ranking", 4, size=2)  # the round's second batch
    assert claimed(12) == "drrcdrdrrcdr"
    assert claim_next(project=project, annotator=ada) is None


def test_a_withdrawn_task_is_handed_out_no_more(project: Project, ada: User, mona: User) -> None:
    task, other = make_task(project), make_task(project)

    withdraw(task=task, by=mona)

    assert list(Task.objects.order_by("pk").values_list("state", flat=True)) == [
        "withdrawn",
        "open",
    ]
    assert claim_next(project=project, annotator=ada).task == other
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.target) == (
        mona,
        "task.withdrawn",
        f"labeling.Task:{task.pk}",
    )
    with pytest.raises(ConflictError):
        withdraw(task=task, by=mona)


def test_completions_are_tied_to_their_version_and_prompt(project: Project) -> None:
    prompt, version = make_prompt(project), make_version()
    rows = [{"prompt_id": prompt.pk, "text": "a\0b", "tokens": 3, "finish_reason": "length"}]

    (stored,) = store_completions(
        project=project, rows=rows, version=version, sampling={"temperature": 1.0}, round_number=2
    )

    assert (stored.text, stored.tokens, stored.finish_reason) == ("ab", 3, "length")
    assert (stored.model_version, stored.round_number) == (version, 2)


def test_completions_of_foreign_prompts_are_refused(project: Project) -> None:
    foreign = make_prompt(make_project())
    with pytest.raises(BadInputError):
        store_completions(
            project=project,
            rows=[{"prompt_id": foreign.pk, "text": "a"}],
            version=None,
            sampling={},
            round_number=1,
        )
