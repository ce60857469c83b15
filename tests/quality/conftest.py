"""People who answered the same tasks."""

from collections.abc import Callable

import pytest

from accounts.models import User
from labeling.models import Annotation, Project, Task
from quality.models import TaskAgreement
from quality.tables import blocks
from tests.factories import make_annotation, make_member, make_project, make_task

Rank = Callable[..., Annotation]


@pytest.fixture
def project(db: None) -> Project:
    """A project whose tasks are answered by two people."""
    return make_project("kitchen", overlap=2)


@pytest.fixture
def ada(project: Project) -> User:
    """An annotator."""
    return make_member(project, "Ada")


@pytest.fixture
def bob(project: Project) -> User:
    """Another annotator."""
    return make_member(project, "Bob")


def rank(task: Task, annotator: User, order: str, **fields: object) -> Annotation:
    """A ranking as in "a>b=c|d": the completions by age, ties, then what is unacceptable."""
    ids = dict(zip("abcdefghi", task.completion_ids, strict=False))
    good, _, bad = order.partition("|")
    tiers = [[ids[letter] for letter in tier.split("=")] for tier in good.split(">") if tier]
    body = {"tiers": tiers, "unacceptable": [ids[letter] for letter in bad]}
    return make_annotation(task, body, annotator=annotator, **fields)


def ranked_twice(
    project: Project, one: User, other: User, orders: tuple[str, str], *, count: int = 1
) -> list[Task]:
    """`count` tasks of four completions that both ranked alike each time."""
    tasks = [make_task(project, "ranking", k=4, overlap=2) for _ in range(count)]
    for task in tasks:
        rank(task, one, orders[0])
        rank(task, other, orders[1])
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(free_slots=0, state="done")
    return tasks


def packed(row: TaskAgreement) -> list[dict[str, list[float]]]:
    """The sums of each pair of a task's answers, by figure, as they were packed."""
    (block,) = [b for b in blocks(row.project_id) if row.task_id in b.key("task")]
    own = block.key("task") == row.task_id
    columns = {figure.name: sums[own].tolist() for figure, sums in block.columns()}
    return [dict(zip(columns, sums, strict=True)) for sums in zip(*columns.values(), strict=True)]
