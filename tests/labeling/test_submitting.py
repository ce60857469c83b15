"""Answers are kept once and for ever."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import translation

from accounts.models import User
from core.errors import BadInputError, ConflictError
from labeling.assigning import claim_next, skip
from labeling.models import Annotation, Assignment, Project
from labeling.submitting import submit
from tests.factories import make_member, make_project, make_task


def answer(assignment: Assignment, text: str = "Six minutes.", **fields: Any) -> Annotation:
    values = {"client_key": assignment.client_key, "active_seconds": 7, **fields}
    return submit(assignment=assignment, body={"text": text}, **values)


def test_an_answer_ends_the_assignment_and_the_task(project: Project, ada: User) -> None:
    task = make_task(project)
    hers = claim_next(project=project, annotator=ada)

    annotation = answer(hers)

    assert (annotation.body, annotation.active_seconds) == ({"text": "Six minutes."}, 7)
    assert (annotation.standing, annotation.is_simulated) == ("counts", False)
    hers.refresh_from_db()
    task.refresh_from_db()
    assert (hers.state, task.state, task.free_slots) == ("submitted", "done", 0)
    assert claim_next(project=project, annotator=ada) is None


def test_a_task_stays_open_until_all_answers_are_in(project: Project, ada: User, bob: User) -> None:
    task = make_task(project, overlap=2)
    answer(claim_next(project=project, annotator=ada))
    task.refresh_from_db()
    assert task.state == "open"
    answer(claim_next(project=project, annotator=bob))
    task.refresh_from_db()
    assert task.state == "done"


def test_sent_twice_stored_once(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)

    first, second = answer(hers), answer(hers)

    assert first == second
    assert Annotation.objects.count() == 1


def test_another_body_under_the_same_key_or_another_key_is_a_conflict(
    project: Project, ada: User
) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    answer(hers)

    with pytest.raises(ConflictError):
        answer(hers, "Ten minutes.")
    with pytest.raises(ConflictError):
        answer(hers, client_key=uuid.uuid4())
    assert [a.body["text"] for a in Annotation.objects.all()] == ["Six minutes."]


def test_a_late_answer_takes_its_slot_if_free_and_is_surplus_if_not(
    project: Project, ada: User, bob: User
) -> None:
    task = make_task(project)
    hers = claim_next(project=project, annotator=ada)
    Assignment.objects.filter(pk=hers.pk).update(lease_until=Now() - timedelta(minutes=1))
    his = claim_next(project=project, annotator=bob)

    late = answer(hers, "late")
    answer(his, "in time")

    assert (late.standing, late.assignment.state) == ("surplus", "surplus")
    assert [a.body["text"] for a in Annotation.objects.counted()] == ["in time"]
    task.refresh_from_db()
    assert (task.state, task.free_slots) == ("done", 0)


def test_a_late_answer_with_its_slot_free_counts(project: Project, ada: User, bob: User) -> None:
    task = make_task(project)
    hers = claim_next(project=project, annotator=ada)
    Assignment.objects.filter(pk=hers.pk).update(lease_until=Now() - timedelta(minutes=1))
    make_task(project, priority=-1)
    assert claim_next(project=project, annotator=bob).task == task
    Assignment.objects.filter(annotator=bob).update(lease_until=Now() - timedelta(minutes=1))
    claim_next(project=project, annotator=make_member(project), kind="ranking")  # expires his

    late = answer(hers, "late")

    assert late.standing == "counts"
    task.refresh_from_db()
    assert (task.state, task.free_slots) == ("done", 0)


def test_a_withdrawn_task_keeps_what_was_begun(project: Project, ada: User) -> None:
    task = make_task(project)
    hers = claim_next(project=project, annotator=ada)
    type(task).objects.update(state="withdrawn")

    assert answer(hers).standing == "counts"
    task.refresh_from_db()
    assert task.state == "withdrawn"


def test_a_skipped_task_takes_no_answer(project: Project, ada: User) -> None:
    task = make_task(project)
    hers = claim_next(project=project, annotator=ada)
    skip(assignment=hers, reason="unsafe")

    with pytest.raises(ConflictError, match="skipped"):
        answer(hers)

    hers.refresh_from_db()
    task.refresh_from_db()
    assert (hers.state, task.state, task.free_slots) == ("skipped", "open", 1)
    assert Annotation.objects.count() == 0


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": " \n"}, {"text": 5}, {"text": "a", "extra": 1}, [], None]
)
def test_bodies_that_fit_no_demonstration(project: Project, ada: User, body: Any) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)

    with pytest.raises(BadInputError):
        submit(assignment=hers, body=body, client_key=uuid.uuid4(), active_seconds=0)
    assert Annotation.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \n", "文本是空的。请填写，或跳过任务。"),
        ("\0", "文本中有无法存储的隐藏字符，请将其删除。"),
        ("a" * 100_001, "文本超过 100000 个字符，请缩短。"),
        (5, "内容不符合任务要求的格式。请重新加载任务查看。"),
    ],
)
def test_what_is_wrong_is_said_in_the_annotators_language(
    project: Project, ada: User, text: object, words: str
) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)

    with translation.override("zh-hans"), pytest.raises(BadInputError) as caught:
        submit(assignment=hers, body={"text": text}, client_key=uuid.uuid4(), active_seconds=0)
    assert caught.value.errors == {"text": words}


def test_simulated_annotators_are_marked(project: Project) -> None:
    make_task(project)
    robot = make_member(project, is_simulated=True)

    assert answer(claim_next(project=project, annotator=robot)).is_simulated is True


def test_the_database_refuses_a_second_counted_answer(project: Project, ada: User) -> None:
    make_task(project)
    stored = answer(claim_next(project=project, annotator=ada))
    stored.pk, stored.client_key = None, uuid.uuid4()

    with pytest.raises(IntegrityError, match="labeling_one_answer_each"), transaction.atomic():
        stored.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_ten_twins_at_once_store_one_answer() -> None:
    project = make_project()
    make_task(project)
    hers = claim_next(project=project, annotator=make_member(project))
    answers: list[int] = []
    start = threading.Barrier(10)

    def send() -> None:
        try:
            start.wait()
            answers.append(answer(hers).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 10
    assert len(set(answers)) == 1
    assert Annotation.objects.count() == 1
