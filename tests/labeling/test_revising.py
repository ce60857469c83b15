"""Annotators correct and take back what they answered."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from core.errors import ConflictError, NotFoundError
from labeling.assigning import claim_next, skip
from labeling.models import Annotation, Assignment, Project, Task
from labeling.reviewing import send_back
from labeling.revising import close_corrections, keep, revise, take_back
from labeling.submitting import submit
from tests.factories import make_task

Rows = list[tuple[str, str]]


def answer(assignment: Assignment, text: str = "Six minutes.", **fields: Any) -> Annotation:
    values = {"client_key": assignment.client_key, "active_seconds": 7, **fields}
    return submit(assignment=assignment, body={"text": text}, **values)


def record(task: Task) -> Rows:
    """Each answer of the task, oldest first: its text and how it stands."""
    return [(a.body["text"], a.standing) for a in task.annotations.order_by("pk")]


@pytest.fixture
def task(project: Project) -> Task:
    return make_task(project)


@pytest.fixture
def first(task: Task, ada: User, project: Project) -> Annotation:
    """Ada's answer."""
    return answer(claim_next(project=project, annotator=ada))


def test_a_correction_takes_the_place_of_the_answer_and_overwrites_nothing(
    task: Task, first: Annotation, ada: User
) -> None:
    again = revise(annotation=first, by=ada)
    while_corrected = record(task), again.state, again.draft
    second = answer(again, "Seven minutes.")

    assert while_corrected == ([("Six minutes.", "counts")], "revising", {"text": "Six minutes."})
    assert record(task) == [("Six minutes.", "superseded"), ("Seven minutes.", "counts")]
    assert second.revises == first
    task.refresh_from_db()
    again.refresh_from_db()
    assert (task.state, task.free_slots, again.state) == ("done", 0, "submitted")


def test_a_correction_sent_twice_is_stored_once(task: Task, first: Annotation, ada: User) -> None:
    again = revise(annotation=first, by=ada)

    assert answer(again, "Seven.") == answer(again, "Seven.")
    with pytest.raises(ConflictError):
        answer(again, "Eight.", client_key=uuid.uuid4())
    assert [text for text, _standing in record(task)] == ["Six minutes.", "Seven."]


def test_nobody_else_gets_the_task_while_it_is_corrected(
    project: Project, task: Task, first: Annotation, ada: User, bob: User
) -> None:
    revise(annotation=first, by=ada)

    assert claim_next(project=project, annotator=bob) is None
    mine = claim_next(project=project, annotator=ada)
    assert mine is not None
    assert mine.pk == first.assignment_id


def test_what_was_left_as_it_was_counts_on(task: Task, first: Annotation, ada: User) -> None:
    again = revise(annotation=first, by=ada)
    keep(assignment=again, by=ada)

    again.refresh_from_db()
    task.refresh_from_db()
    assert (again.state, again.draft, task.state) == ("submitted", None, "done")
    assert record(task) == [("Six minutes.", "counts")]


def test_what_was_taken_back_goes_to_someone_else(
    project: Project, task: Task, first: Annotation, ada: User, bob: User
) -> None:
    take_back(annotation=first, by=ada)

    assert record(task) == [("Six minutes.", "taken_back")]
    assert claim_next(project=project, annotator=ada) is None
    answer(claim_next(project=project, annotator=bob), "Ten.")
    assert record(task) == [("Six minutes.", "taken_back"), ("Ten.", "counts")]
    with pytest.raises(ConflictError, match="Others have answered"):
        revise(annotation=first, by=ada)


def test_what_was_taken_back_can_be_given_again_while_its_slot_is_free(
    project: Project, task: Task, first: Annotation, ada: User, bob: User
) -> None:
    take_back(annotation=first, by=ada)
    again = revise(annotation=first, by=ada)
    assert claim_next(project=project, annotator=bob) is None
    keep(assignment=again, by=ada)  # not after all
    his = claim_next(project=project, annotator=bob)
    assert his is not None
    skip(assignment=his, reason="unclear")

    answer(revise(annotation=first, by=ada), "Seven.")
    assert record(task) == [("Six minutes.", "superseded"), ("Seven.", "counts")]


def test_nothing_changes_once_training_has_begun_on_the_round(
    project: Project, task: Task, first: Annotation, ada: User
) -> None:
    begun = revise(annotation=first, by=ada)
    close_corrections(project=project, round_number=1)

    with pytest.raises(ConflictError, match="Training has begun"):
        answer(begun, "Seven.")
    with pytest.raises(ConflictError, match="Training has begun"):
        take_back(annotation=first, by=ada)
    assert record(task) == [("Six minutes.", "counts")]


def test_what_was_sent_back_is_corrected_even_then(
    project: Project, task: Task, first: Annotation, ada: User, mona: User
) -> None:
    close_corrections(project=project, round_number=1)
    send_back(annotation=first, by=mona, text="Which egg?")

    answer(claim_next(project=project, annotator=ada), "A small one: five.")

    assert record(task) == [("Six minutes.", "superseded"), ("A small one: five.", "counts")]


def test_an_earlier_round_freezes_nothing_later(project: Project) -> None:
    close_corrections(project=project, round_number=2)
    close_corrections(project=project, round_number=1)

    project.refresh_from_db()
    assert project.frozen_round == 2


def test_ones_own_answers_only(first: Annotation, bob: User) -> None:
    for act in (revise, take_back):
        with pytest.raises(NotFoundError):
            act(annotation=first, by=bob)
