"""Votes on models come by the way of any answer, and are no labels."""

from typing import Any

import pytest

from accounts.models import User
from core.errors import ConflictError
from labeling import reviewing, revising
from labeling.assigning import claim_next
from labeling.deciding import decide
from labeling.models import Annotation, Project, Purpose, Task
from labeling.submitting import submit_and_claim
from tests.factories import make_task


def vote(project: Project, annotator: User, **fields: Any) -> Annotation:
    """The answer to the next task: a tie."""
    assignment = claim_next(project=project, annotator=annotator)
    assert assignment is not None
    body = {"better": None, "strength": 0, "both_bad": False}
    given, _next = submit_and_claim(
        assignment_id=assignment.pk,
        project=project,
        annotator=annotator,
        kind=None,
        **{"body": body, "client_key": assignment.client_key, "active_seconds": 3, **fields},
    )
    return given


@pytest.fixture
def task(project: Project) -> Task:
    """Asked by no round."""
    return make_task(project, "comparison", purpose=Purpose.VERDICT, round_number=0)


def test_a_vote_is_no_label(project: Project, ada: User, task: Task) -> None:
    make_task(project, "comparison")
    given = vote(project, ada), vote(project, ada)

    votes = Annotation.objects.votes()
    assert [(a.task, a.purpose, a.assignment.purpose) for a in votes] == [
        (task, "verdict", "verdict")
    ]
    assert {*Annotation.objects.counted(), *votes} == set(given)
    assert {answer.standing for answer in given} == {"counts"}


def test_the_next_task_follows_a_vote(project: Project, ada: User, task: Task) -> None:
    following = make_task(project)

    vote(project, ada)

    assert ada.assignments.get(state="active").task == following


def test_training_freezes_no_vote(project: Project, ada: User, task: Task) -> None:
    given = vote(project, ada)
    revising.close_corrections(project=project, round_number=3)
    given.task.project.refresh_from_db()

    assert revising.may_correct(given)
    revising.revise(annotation=given, by=ada)
    assert vote(project, ada).revises == given
    assert Annotation.objects.votes().count() == 1


def test_a_vote_is_neither_sent_back_nor_decided(
    project: Project, ada: User, mona: User, task: Task
) -> None:
    given = vote(project, ada)

    assert reviewing.may(given) == {
        "send_back": False,
        "exclude": True,
        "include": False,
        "decide": False,
        "approve": False,
    }
    with pytest.raises(ConflictError, match="would not be blind"):
        reviewing.send_back(annotation=given, by=mona, text="Look again.")
    with pytest.raises(ConflictError, match="more people's votes"):
        decide(task=task, by=mona)


def test_an_excluded_vote_is_asked_of_someone_else(
    project: Project, ada: User, bob: User, mona: User, task: Task
) -> None:
    given = vote(project, ada)

    reviewing.exclude(annotation=given, by=mona, text="A script.", ask_again=True)

    assert [a.annotator for a in Annotation.objects.votes()] == []
    assert vote(project, bob).task == task
    assert [a.annotator for a in Annotation.objects.votes()] == [bob]
