"""Reviewers answer for labels: what they do, and what counts afterwards."""

from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError, ConflictError
from labeling.assigning import claim_next
from labeling.models import Annotation, Assignment, Project, Review, Task
from labeling.reviewing import comment, exclude, include, see, send_back
from labeling.revising import take_back
from labeling.submitting import submit
from labeling.withdrawing import withdraw_prompt
from tests.factories import make_task


def answer(assignment: Assignment | None, text: str = "Six minutes.", **fields: Any) -> Annotation:
    assert assignment is not None
    values = {"client_key": assignment.client_key, "active_seconds": 7, **fields}
    return submit(assignment=assignment, body={"text": text}, **values)


def slots_of(task: Task) -> tuple[str, int, int]:
    task.refresh_from_db()
    return task.state, task.overlap, task.free_slots


def standings(task: Task) -> list[str]:
    return list(task.annotations.order_by("pk").values_list("standing", flat=True))


@pytest.fixture
def task(project: Project) -> Task:
    return make_task(project)


@pytest.fixture
def first(task: Task, ada: User, project: Project) -> Annotation:
    """Ada's answer."""
    return answer(claim_next(project=project, annotator=ada))


def test_what_is_sent_back_does_not_count_and_comes_first_to_its_annotator(
    project: Project, task: Task, first: Annotation, ada: User, mona: User
) -> None:
    make_task(project, priority=9)
    send_back(annotation=first, by=mona, text=" Which egg? ")

    assert (standings(task), slots_of(task)) == (["sent_back"], ("open", 1, 0))
    assert project.annotations.counted().count() == 0
    review = Review.objects.unseen_by(ada).get()
    assert (review.verb, review.text, review.actor) == ("sent_back", "Which egg?", mona)
    mine = claim_next(project=project, annotator=ada)
    assert mine is not None
    assert (mine.pk, mine.draft) == (first.assignment_id, {"text": "Six minutes."})


def test_an_excluded_answer_is_asked_for_again_from_someone_else(
    project: Project, task: Task, first: Annotation, ada: User, bob: User, mona: User
) -> None:
    exclude(annotation=first, by=mona, text="A guess.", ask_again=True)

    assert (standings(task), slots_of(task)) == (["excluded"], ("open", 1, 1))
    assert claim_next(project=project, annotator=ada) is None
    answer(claim_next(project=project, annotator=bob))
    assert (standings(task), slots_of(task)) == (["excluded", "counts"], ("done", 1, 0))

    include(annotation=first, by=mona)
    assert (standings(task), slots_of(task)) == (["counts", "counts"], ("done", 2, 0))


def test_an_excluded_answer_is_not_asked_for_again_where_nobody_wants_it(
    project: Project, task: Task, first: Annotation, mona: User
) -> None:
    exclude(annotation=first, by=mona, text="A guess.", ask_again=False)
    assert slots_of(task) == ("withdrawn", 1, 1)

    include(annotation=first, by=mona)
    assert (standings(task), slots_of(task)) == (["counts"], ("done", 1, 0))


def test_one_of_two_answers_is_excluded(project: Project, ada: User, bob: User, mona: User) -> None:
    task = make_task(project, overlap=2)
    hers = answer(claim_next(project=project, annotator=ada))
    answer(claim_next(project=project, annotator=bob))

    exclude(annotation=hers, by=mona, text="A guess.", ask_again=False)

    assert (standings(task), slots_of(task)) == (["excluded", "counts"], ("done", 1, 0))


def test_each_act_is_on_record_with_who_and_why(first: Annotation, ada: User, mona: User) -> None:
    comment(annotation=first, by=ada, text="I was not sure.")
    exclude(annotation=first, by=mona, text="A guess.", ask_again=True)
    include(annotation=first, by=mona)

    thread = Review.objects.thread(first).values_list("actor__name", "verb", "text")
    assert list(thread) == [
        ("Ada", "commented", "I was not sure."),
        ("Mona", "excluded", "A guess."),
        ("Mona", "included", ""),
    ]
    see(annotation=first, by=ada)
    assert not Review.objects.unseen_by(ada).exists()


@pytest.mark.parametrize(
    ("text", "message"), [("  ", "Say why"), ("x" * 4001, "at most 4000"), ("a\0b", "NUL")]
)
def test_an_exclusion_has_a_reason(first: Annotation, mona: User, text: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        exclude(annotation=first, by=mona, text=text, ask_again=True)
    first.refresh_from_db()
    assert first.standing == "counts"


def test_what_does_not_fit_the_standing_is_refused(
    first: Annotation, ada: User, mona: User
) -> None:
    with pytest.raises(ConflictError, match="Counts"):
        include(annotation=first, by=mona)
    take_back(annotation=first, by=ada)
    for act in (send_back, lambda **kw: exclude(**kw, ask_again=True)):
        with pytest.raises(ConflictError, match="Taken back"):
            act(annotation=first, by=mona, text="Late.")


def test_a_withdrawn_prompt_is_not_asked_again(
    project: Project, task: Task, first: Annotation, mona: User
) -> None:
    withdraw_prompt(prompt=task.prompt, by=mona)
    exclude(annotation=first, by=mona, text="A guess.", ask_again=True)

    assert slots_of(task) == ("withdrawn", 1, 1)
