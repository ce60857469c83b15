"""Prompts that nobody is asked about any more."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import ConflictError
from labeling.models import Annotation, Project, Prompt
from labeling.withdrawing import restore_prompt, withdraw_prompt
from tests.factories import make_annotation, make_prompt, make_task


def test_a_withdrawn_prompt_keeps_its_labels_and_loses_its_open_tasks(
    project: Project, mona: User
) -> None:
    prompt, other = make_prompt(project), make_prompt(project)
    make_annotation(make_task(project, prompt=prompt))
    make_task(project, "ranking", prompt=other)

    withdraw_prompt(prompt=prompt, by=mona)

    assert list(Prompt.objects.in_use()) == [other]
    assert list(prompt.tasks.values_list("state", flat=True)) == ["withdrawn"]
    assert list(other.tasks.values_list("state", flat=True)) == ["open"]
    assert Annotation.objects.count() == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target) == ("prompt.withdrawn", f"labeling.Prompt:{prompt.pk}")
    with pytest.raises(ConflictError, match="withdrawn already"):
        withdraw_prompt(prompt=prompt, by=mona)


def test_a_withdrawn_prompt_is_used_again(project: Project, mona: User) -> None:
    task = make_task(project)
    withdraw_prompt(prompt=task.prompt, by=mona)

    assert restore_prompt(prompt=task.prompt, by=mona) == 1

    assert list(Prompt.objects.in_use()) == [task.prompt]
    assert list(project.tasks.values_list("state", flat=True)) == ["withdrawn"]
    assert AuditEntry.objects.latest("pk").action == "prompt.restored"
    with pytest.raises(ConflictError, match="in use already"):
        restore_prompt(prompt=task.prompt, by=mona)
