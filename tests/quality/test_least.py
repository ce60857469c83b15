"""Reviewers meet the tasks whose answers differ most, the most different first."""

import pytest

from accounts.models import User
from labeling import reviewing
from labeling.models import Annotation, Project, Role, Task
from labeling.review import Asked, queues
from quality.models import TaskAgreement
from tests.factories import make_annotation, make_member, make_project, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_project("kitchen")


@pytest.fixture
def rita(project: Project) -> User:
    return make_member(project, "Rita", Role.REVIEWER)


def agree(project: Project, kind: str, agreement: float | None) -> tuple[Task, Annotation]:
    """A task with two answers that agree so much, and its first answer."""
    task = make_task(project, kind, overlap=2)
    answers = [make_annotation(task), make_annotation(task)]
    TaskAgreement.objects.create(
        task=task,
        project=project,
        kind=kind,
        language="en",
        split="train",
        answers=2,
        agreement=agreement,
    )
    return task, answers[0]


def waiting(project: Project, reviewer: User) -> list[int]:
    found: list[int] = []
    queue = queues()["agreement"]
    while (key := queue.first(Asked(project=project, reviewer=reviewer, later=found))) is not None:
        found.append(key)
    assert queue.left(Asked(project=project, reviewer=reviewer)) == len(found)
    return found


def test_the_least_agreement_comes_first_over_all_kinds(project: Project, rita: User) -> None:
    rows = [("ranking", 0.4), ("comparison", 0.1), ("ranking", 0.2), ("ranking", 1.0)]
    made = [agree(project, kind, value) for kind, value in [*rows, ("demonstration", None)]]
    agree(make_project(), "ranking", 0.0)
    keys = [answer.pk for _task, answer in made]
    assert waiting(project, rita) == [keys[1], keys[2], keys[0]]


def test_a_task_leaves_when_a_reviewer_acts_on_any_of_its_answers(project, rita) -> None:
    (one, first), (_two, second), (three, third) = (
        agree(project, "ranking", value) for value in (0.1, 0.2, 0.3)
    )
    other = one.annotations.latest("pk")
    reviewing.comment(annotation=first, by=rita, text="Hm.")
    assert waiting(project, rita) == [first.pk, second.pk, third.pk]
    reviewing.approve(annotation=other, by=rita)
    assert waiting(project, rita) == [second.pk, third.pk]
    make_annotation(three, annotator=rita, purpose="decision")
    assert waiting(project, rita) == [second.pk]


def test_ones_own_answer_is_not_the_one_that_is_opened(project: Project, rita: User) -> None:
    task, first = agree(project, "ranking", 0.1)
    Annotation.objects.filter(pk=first.pk).update(annotator=rita)
    assert waiting(project, rita) == [task.annotations.latest("pk").pk]
