"""A reviewer's decision counts instead of the annotators' answers."""

from typing import Any

import pytest

from accounts.models import User
from core.errors import ConflictError, NotAllowedError
from labeling.assigning import claim_next
from labeling.deciding import decide
from labeling.models import Annotation, Assignment, Membership, Project, Role, Task
from labeling.reviewing import exclude, include, send_back
from labeling.submitting import submit
from tests.factories import make_member, make_task


def answer(assignment: Assignment | None, text: str, **fields: Any) -> Annotation:
    assert assignment is not None
    values = {"client_key": assignment.client_key, "active_seconds": 7, **fields}
    return submit(assignment=assignment, body={"text": text}, **values)


def record(task: Task) -> list[tuple[str, str, str]]:
    rows = task.annotations.order_by("pk")
    return [(a.body["text"], a.purpose, a.standing) for a in rows]


@pytest.fixture
def task(project: Project, ada: User, bob: User) -> Task:
    """A task on which Ada and Bob differ; a third answer is asked for."""
    task = make_task(project, overlap=3)
    answer(claim_next(project=project, annotator=ada), "Six.")
    answer(claim_next(project=project, annotator=bob), "Ten.")
    return task


SIX, TEN = ("Six.", "label", "overruled"), ("Ten.", "label", "overruled")


def test_a_decision_counts_instead_of_all_answers(project: Project, task: Task, mona: User) -> None:
    answer(decide(task=task, by=mona), "Seven.")

    assert record(task) == [SIX, TEN, ("Seven.", "decision", "counts")]
    assert claim_next(project=project, annotator=make_member(project)) is None
    task.refresh_from_db()
    assert (task.state, task.overlap, task.free_slots) == ("done", 2, 0)


def test_an_answer_after_the_decision_does_not_count(
    project: Project, task: Task, mona: User
) -> None:
    late = claim_next(project=project, annotator=make_member(project))
    answer(decide(task=task, by=mona), "Seven.")
    answer(late, "Late.")

    assert record(task)[2:] == [("Seven.", "decision", "counts"), ("Late.", "label", "overruled")]


def test_a_decision_can_be_taken_back_and_made_again(task: Task, mona: User) -> None:
    first = answer(decide(task=task, by=mona), "Seven.")
    exclude(annotation=first, by=mona, text="Wrong.", ask_again=True)
    taken_back = record(task)
    task.refresh_from_db()
    assert (task.state, task.overlap, task.free_slots) == ("open", 3, 1)
    include(annotation=first, by=mona)
    exclude(annotation=first, by=mona, text="Wrong after all.", ask_again=True)
    second = answer(decide(task=task, by=mona), "Eight.")

    assert taken_back == [
        ("Six.", "label", "counts"),
        ("Ten.", "label", "counts"),
        ("Seven.", "decision", "excluded"),
    ]
    assert second.revises == first
    assert record(task) == [
        SIX,
        TEN,
        ("Seven.", "decision", "superseded"),
        ("Eight.", "decision", "counts"),
    ]


def test_another_reviewer_decides_anew(project: Project, task: Task, mona: User) -> None:
    rex = make_member(project, "Rex", Role.REVIEWER)
    answer(decide(task=task, by=mona), "Seven.")
    answer(decide(task=task, by=rex), "Eight.")

    decided = record(task)[2:]
    assert decided == [("Seven.", "decision", "superseded"), ("Eight.", "decision", "counts")]


def test_who_answered_the_task_may_decide_it_too(project: Project, task: Task, ada: User) -> None:
    Membership.objects.filter(user=ada).update(role=Role.REVIEWER)
    answer(decide(task=task, by=ada), "Seven.")

    assert record(task) == [SIX, TEN, ("Seven.", "decision", "counts")]


def test_a_decision_in_work_is_no_task_of_the_row(project: Project, task: Task, mona: User) -> None:
    decide(task=task, by=mona)
    assert claim_next(project=project, annotator=mona) is None

    other = make_task(project)
    mine = claim_next(project=project, annotator=mona)
    assert mine is not None
    assert (mine.task, mine.purpose) == (other, "label")


def test_who_may_review_no_more_decides_no_more(task: Task, mona: User) -> None:
    begun = decide(task=task, by=mona)
    Membership.objects.filter(user=mona).update(role=Role.ANNOTATOR)

    with pytest.raises(NotAllowedError):
        answer(begun, "Seven.")
    assert [row[2] for row in record(task)] == ["counts", "counts"]


def test_what_nobody_has_answered_is_not_decided(project: Project, mona: User) -> None:
    with pytest.raises(ConflictError, match="Nobody has answered"):
        decide(task=make_task(project), by=mona)


def test_a_decision_is_not_sent_back(task: Task, mona: User) -> None:
    decision = answer(decide(task=task, by=mona), "Seven.")
    with pytest.raises(ConflictError, match="A decision is not sent back"):
        send_back(annotation=decision, by=mona, text="No.")
