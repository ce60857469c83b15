"""Figures in the background: by hand, and the same bit by bit as from scratch."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core import locks
from labeling import reviewing
from labeling.models import Annotation, Project, Role
from quality import measuring
from quality.due import due
from quality.models import PersonFigures, ProjectFigures, TaskAgreement
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_prompt, make_task
from tests.quality.conftest import packed, rank, ranked_twice


def groups(project: Project) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What the figures of a project say, by kind and group."""
    rows = ProjectFigures.objects.get(project=project).groups
    return {(row["kind"], row["by"], row["value"]): row for row in rows}


def value(project: Project, figure: str, by: str = "all", of: str = "") -> float:
    return float(groups(project)["ranking", by, of]["figures"][figure]["value"])


def age(project: Project) -> None:
    """All answers are some minutes old."""
    Annotation.objects.filter(project=project).update(
        created_at=timezone.now() - timedelta(minutes=5)
    )


def test_figures_of_rankings_are_those_of_the_hand_computed_example(
    project: Project, ada: User, bob: User
) -> None:
    """a>b>c>d against a>b>d>c: one of six pairs is opposite, so 5/6 alike and tau 2/3."""
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=30)

    assert refresh(project.pk)

    found = groups(project)
    everything = found["ranking", "all", ""]
    assert everything["tasks"] == 30
    agreement = everything["figures"]["agreement"]
    assert agreement == {"value": 0.8333, "low": 0.8333, "high": 0.8333}
    assert {n: f["value"] for n, f in everything["figures"].items()} == {
        "agreement": 0.8333,
        "beyond_chance": 0.6667,
        "tau": 0.6667,
        "top": 1.0,
        "ceiling": 0.8333,
    }
    pair = f"{ada.pk}-{bob.pk}"
    assert sorted(key[1:] for key in found) == sorted(
        [("all", ""), ("round", "1"), ("language", "en"), ("split", "train"), ("people", pair)]
    )
    assert found["ranking", "people", pair]["figures"] == everything["figures"]


def test_ties_and_the_unacceptable_by_hand(project: Project, ada: User, bob: User) -> None:
    """a>b=c|d against a=b>c|d in half of the tasks, a>b>c|d against a>b>c>d in the others.

    First: ab, bc tied by one only, so 1/6 apart; tied pairs 1 of 6 each, so (1 - 1/36) / 2 by
    chance. Second: alike, 1/2 by chance. Unacceptable: of 4 completions both name d, or one does.
    """
    ranked_twice(project, ada, bob, ("a>b=c|d", "a=b>c|d"), count=15)
    ranked_twice(project, ada, bob, ("a>b>c|d", "a>b>c>d"), count=15)

    refresh(project.pk)

    assert value(project, "agreement") == round((5 / 6 + 1) / 2, 4)
    expected = (1 - 1 / 36) / 2 + 1 / 2
    assert value(project, "beyond_chance") == round(1 - (1 / 6) / expected, 4)
    assert value(project, "top") == 0.75
    # 240 values: yes 15 * 2 + 15, no the rest; 15 units with one of each, so 30 coincidences.
    yes, no, total = 45, 195, 240
    assert value(project, "unacceptable") == round(1 - 30 * (total - 1) / (2 * yes * no), 4)
    # Strict pairs of either: 5 + 5 and 6 + 6; alike 4 of 5 and half of the tie, and all.
    assert value(project, "ceiling") == round((2 * 4 + 1 + 12) / (10 + 12), 4)


def test_three_answers_weigh_as_krippendorff_has_it(project: Project, ada: User, bob: User) -> None:
    """Three pairs of a task weigh one each, the one pair of another task two: 2 / (m - 1)."""
    eve = make_member(project, "Eve")
    for task in ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>c>d"), count=15):
        rank(task, eve, "d>c>b>a")
    ranked_twice(project, ada, bob, ("a>b>c>d", "d>c>b>a"), count=15)

    refresh(project.pk)

    assert value(project, "agreement") == round((1 + 0 + 0 + 2 * 0) / (3 + 2), 4)
    assert value(project, "agreement", "people", f"{ada.pk}-{bob.pk}") == 0.5


def test_same_texts_count_once(project: Project, ada: User, bob: User) -> None:
    task = make_task(project, "ranking", texts=["One", "Two", "Two"], overlap=2)
    rank(task, ada, "a>b=c")
    rank(task, bob, "b=c>a")

    refresh(project.pk)

    row = TaskAgreement.objects.get()
    assert (row.agreement, packed(row)[0]["agreement"]) == (0.0, [0.0, 1.0])


def test_texts_are_compared_letter_by_letter(project: Project, ada: User, bob: User) -> None:
    for kind, extra in (("demonstration", {}), ("correction", {"completion": 1})):
        task = make_task(project, kind, overlap=2)
        make_annotation(task, {**extra, "text": "Six  minutes"}, annotator=ada)
        make_annotation(task, {**extra, "text": "Six minute"}, annotator=bob)

    refresh(project.pk)

    found = TaskAgreement.objects.values_list("agreement", flat=True)
    assert list(found) == [pytest.approx(10 / 11)] * 2


def test_only_peoples_own_judgments_take_part(project: Project, ada: User, bob: User) -> None:
    kept = make_task(project, "ranking", overlap=2)
    rank(kept, ada, "a>b>c>d", standing="overruled")
    rank(kept, bob, "a>b>c>d", standing="overruled")
    rank(kept, make_member(project), "d>c>b>a", purpose="decision")
    for standing in ("excluded", "sent_back", "superseded", "taken_back", "surplus"):
        task = make_task(project, "ranking", overlap=2)
        rank(task, ada, "a>b>c>d")
        rank(task, bob, "d>c>b>a", standing=standing)

    refresh(project.pk)

    (row,) = TaskAgreement.objects.all()
    assert (row.task_id, len(packed(row)), row.agreement) == (kept.pk, 1, 1.0)


def test_below_thirty_tasks_there_is_no_figure(project: Project, ada: User, bob: User) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=29)

    refresh(project.pk)

    everything = groups(project)["ranking", "all", ""]
    assert (everything["tasks"], everything["figures"]) == (29, {})


def snapshot(project: Project) -> tuple[Any, ...]:
    """All that was computed."""
    return (
        ProjectFigures.objects.get(project=project).groups,
        list(TaskAgreement.objects.order_by("pk").values_list("task", "agreement", "packed")),
        list(PersonFigures.objects.order_by("person").values_list("person", "body")),
    )


def test_bit_by_bit_gives_the_same_as_from_scratch(project: Project, ada: User, bob: User) -> None:
    eve, rita = make_member(project, "Eve"), make_member(project, "Rita", Role.REVIEWER)
    tasks = ranked_twice(project, ada, bob, ("a>b>c>d", "a>d>c>b"), count=20)
    refresh(project.pk)
    ranked_twice(project, bob, eve, ("a>b=c|d", "d>b|ac"), count=15)
    for task in tasks[:10]:
        rank(task, eve, "c>d>a>b")
    refresh(project.pk)
    for answer in Annotation.objects.filter(task__in=tasks[8:12], annotator=bob):
        reviewing.exclude(annotation=answer, by=rita, text="A guess.", ask_again=False)
    refresh(project.pk)
    bit_by_bit = snapshot(project)
    for model in (ProjectFigures, TaskAgreement, PersonFigures):
        model.objects.all().delete()
    refresh(project.pk)

    assert bit_by_bit == snapshot(project)
    assert TaskAgreement.objects.count() == 20 - 2 + 15  # two of four have an answer left


def test_only_tasks_whose_answers_changed_are_measured_again(
    project: Project, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=3)
    age(project)
    refresh(project.pk)
    measured: list[set[int]] = []
    real = measuring.measure
    monkeypatch.setattr(measuring, "measure", lambda t: (measured.append(set(t)), real(t)))

    refresh(project.pk)
    new = ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"))[0]
    refresh(project.pk)
    refresh(project.pk)

    # The new one twice: one with a lower key could still have been on its way.
    assert measured == [{new.pk}, {new.pk}]
    age(project)
    refresh(project.pk)
    refresh(project.pk)
    assert len(measured) == 3


def test_an_answer_that_was_committed_late_is_found(project: Project, ada: User, bob: User) -> None:
    first, second = ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=2)
    late = Annotation.objects.get(task=first, annotator=bob)
    Annotation.objects.filter(pk=late.pk).update(standing="surplus")
    refresh(project.pk)
    Annotation.objects.filter(pk=late.pk).update(standing="counts")  # as if it came only now
    refresh(project.pk)

    assert set(TaskAgreement.objects.values_list("task", flat=True)) == {first.pk, second.pk}


def test_projects_are_due_while_they_have_something_new(project: Project, ada: User) -> None:
    assert due() == []
    make_annotation(make_task(project), annotator=ada)
    assert due() == [project.pk]
    refresh(project.pk)
    answer = make_annotation(make_task(project), annotator=ada)
    assert due() == []  # a minute has not passed
    wait = ProjectFigures.objects.filter(project=project)
    wait.update(began_at=timezone.now() - timedelta(minutes=2))
    assert due() == [project.pk]
    wait.update(seconds=60.0)  # it took long: it waits longer
    assert due() == []
    age(project)
    refresh(project.pk)
    wait.update(began_at=timezone.now() - timedelta(minutes=2), seconds=0.1)
    assert due() == []
    reviewing.comment(annotation=answer, by=ada, text="Why?")
    assert due() == [project.pk]


def test_one_that_was_interrupted_is_due_again(project: Project, ada: User, bob: User) -> None:
    """Measured, and then killed before the figures were made of it."""
    ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>d>c"), count=30)
    age(project)
    figures = ProjectFigures.objects.create(project=project)
    measuring.catch_up(figures)
    ProjectFigures.objects.update(began_at=timezone.now() - timedelta(minutes=2))

    assert due() == [project.pk]
    refresh(project.pk)
    assert value(project, "agreement") == 0.8333


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_wait_for_each_other(project: Project) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            key = f"quality of project {project.pk}"
            cursor.execute(f"SELECT pg_advisory_lock({locks.KEY})", [key])
        assert refresh(project.pk) is False
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    assert refresh(project.pk) is True


def test_prompts_and_not_tasks_are_drawn_anew(project: Project, ada: User, bob: User) -> None:
    """30 tasks of one prompt tell as much as one: the interval has no width to show."""
    prompt = make_prompt(project)
    for number in range(30):
        task = make_task(project, "ranking", k=4, overlap=2, prompt=prompt)
        rank(task, ada, "a>b>c>d")
        rank(task, bob, "a>b>c>d" if number % 2 else "d>c>b>a")

    refresh(project.pk)

    figures = groups(project)["ranking", "all", ""]["figures"]
    assert figures["agreement"] == {"value": 0.5, "low": 0.5, "high": 0.5}
