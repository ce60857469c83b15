"""Reliability is fitted to people's own answers, those that can be compared with others'."""

import numpy as np

from accounts.models import User
from labeling.models import Annotation, Project, Role
from measures.competence import Answer, competence
from quality.evidence import gathered
from quality.models import Reliability
from quality.refreshing import refresh
from quality.reliability import Weights, weight
from tests.factories import make_annotation, make_member, make_task
from tests.quality.conftest import rank, ranked_twice

FOUR = {letter: number for number, letter in enumerate("abcd")}


def places(order: str) -> dict[int, int]:
    return {FOUR[letter]: rank for rank, letter in enumerate(order)}


def rows(project: Project) -> dict[int, tuple[float, float, float, int, int]]:
    found = Reliability.objects.filter(project=project)
    return {r.person_id: (r.value, r.low, r.high, r.answers, r.pairs) for r in found}


def test_figures_are_those_of_the_model_with_the_labels_behind_them(
    project: Project, ada: User, bob: User
) -> None:
    eve = make_member(project, "Eve")
    for task in ranked_twice(project, ada, bob, ("a>b>c>d", "b>a>c>d"), count=12):
        rank(task, eve, "d>c>b>a")
    alone = make_task(project, "ranking", k=4)
    rank(alone, ada, "a>b>c>d")

    assert refresh(project.pk)

    given = [(ada.pk, "abcd"), (bob.pk, "bacd"), (eve.pk, "dcba")]
    expected = competence(
        [Answer(rater=who, prompt=n, places=places(o)) for n in range(12) for who, o in given]
    )
    found = rows(project)
    assert found.keys() == {ada.pk, bob.pk, eve.pk}
    for person, (value, low, high, answers, pairs) in found.items():
        estimate = expected.raters[person]
        assert estimate is not None
        np.testing.assert_allclose(
            (value, low, high), (estimate.value, estimate.low, estimate.high), rtol=1e-9
        )
        assert (answers, pairs) == (12, 72)
    assert found[eve.pk][0] < 0.5 < found[ada.pk][0]
    assert Reliability.objects.filter(computed_at=None).count() == 0


def test_nobody_is_judged_where_nobody_else_answered(project: Project, ada: User) -> None:
    rank(make_task(project, "ranking", k=4), ada, "a>b>c>d")

    refresh(project.pk)

    assert rows(project) == {}


def test_a_decision_tells_of_the_one_who_answered(project: Project, ada: User) -> None:
    boss = make_member(project, "Boss", role=Role.MANAGER)
    for order in ["d>c>b>a"] * 6:
        task = make_task(project, "ranking", k=4)
        rank(task, ada, order)
        rank(task, boss, "a>b>c>d", purpose="decision")

    refresh(project.pk)

    (found,) = rows(project).items()
    assert found[0] == ada.pk
    assert found[1][0] < 0.5


def test_comparisons_tell_too_and_what_is_excluded_does_not(
    project: Project, ada: User, bob: User
) -> None:
    task = make_task(project, "comparison", texts=["Yes.", "No."], overlap=2)
    yes, no = task.completion_ids
    first = make_annotation(
        task,
        {"better": no, "strength": 1, "both_bad": False},
        annotator=ada,
        shown_order=[no, yes],
    )
    tie = {"better": None, "strength": 0, "both_bad": False}
    make_annotation(task, tie, annotator=bob, shown_order=[yes, no])

    refresh(project.pk)
    answers, _gold = gathered(project.pk)
    assert [dict(answer.places) for answer in answers] == [{0: 0, 1: 1}, {1: 0, 0: 0}]
    assert {person: row[3:] for person, row in rows(project).items()} == {
        ada.pk: (1, 1),
        bob.pk: (1, 0),
    }

    Annotation.objects.filter(pk=first.pk).update(standing="excluded")
    refresh(project.pk)
    assert rows(project) == {}


def test_a_weight_is_one_for_certain_and_nothing_for_chance_or_worse() -> None:
    assert [weight(value) for value in (1.0, 0.9, 0.5, 0.2)] == [1.0, 0.8, 0.0, 0.0]


def test_who_is_unknown_counts_as_the_prior_says_and_a_decision_in_full(
    project: Project, ada: User, bob: User
) -> None:
    (task,) = ranked_twice(project, ada, bob, ("a>b>c>d", "a>b>c>d"))
    one, other = task.annotations.order_by("pk")
    now = "2026-01-01T00:00:00Z"
    Reliability.objects.create(
        project=project,
        person=ada,
        value=0.7,
        low=0.5,
        high=0.9,
        answers=1,
        pairs=6,
        computed_at=now,
    )

    weights = Weights(project)

    assert (weights.of(one), weights.of(other)) == (0.4, 0.6)
    other.purpose = "decision"
    assert weights.of(other) == 1.0
