"""Gold answers tell of reliability: checks and labels of gold tasks, against the right order."""

import pytest

from accounts.models import User
from labeling.checks import golds
from labeling.models import Annotation, Gold, Project, Role, Task
from measures.competence import Answer, competence
from quality.due import due
from quality.evidence import gathered
from quality.models import ProjectFigures, Reliability
from quality.refreshing import refresh
from tests.factories import make_member, make_task
from tests.quality.conftest import rank

A_TO_D = {0: 0, 1: 1, 2: 2, 3: 3}
D_TO_A = {0: 3, 1: 2, 2: 1, 3: 0}


@pytest.fixture
def mona(project: Project) -> User:
    """A manager, who knows what is right."""
    return make_member(project, "Mona", role=Role.MANAGER)


def make_gold(project: Project, mona: User, order: str = "a>b>c>d") -> Task:
    """A task that Mona answered rightly."""
    task = make_task(project, "ranking", k=4)
    golds.mark(annotation=rank(task, mona, order), by=mona)
    return task


def check(task: Task, annotator: User, order: str) -> Annotation:
    """An answer of somebody who was given a gold task."""
    return rank(task, annotator, order, purpose="gold", standing="check")


def rows(project: Project) -> dict[int, tuple[int, int, int]]:
    found = Reliability.objects.filter(project=project)
    return {row.person_id: (row.answers, row.gold, row.pairs) for row in found}


def test_answers_to_gold_tasks_alone_tell_who_is_reliable(
    project: Project, mona: User, ada: User, bob: User
) -> None:
    for _ in range(3):
        task = make_gold(project, mona)
        check(task, ada, "a>b>c>d")
        check(task, bob, "d>c>b>a")

    refresh(project.pk)

    assert rows(project) == {ada.pk: (3, 3, 18), bob.pk: (3, 3, 18)}
    expected = competence(
        [
            Answer(rater=who, prompt=n, places=places)
            for n in range(3)
            for who, places in ((ada.pk, A_TO_D), (bob.pk, D_TO_A))
        ],
        gold=dict.fromkeys(range(3), A_TO_D),
    )
    for row in Reliability.objects.filter(project=project):
        estimate = expected.raters[row.person_id]
        assert estimate is not None
        assert (row.value, row.low, row.high) == pytest.approx(
            (estimate.value, estimate.low, estimate.high)
        )
    assert Reliability.objects.get(person=bob).value < 0.3 < 0.9
    assert Reliability.objects.get(person=ada).value > 0.9


def test_what_the_author_of_gold_said_of_it_is_no_evidence_of_them(
    project: Project, mona: User, ada: User, bob: User
) -> None:
    """Ada's label became gold; Bob labeled the task too, before it did."""
    task = make_task(project, "ranking", k=4, overlap=2)
    label = rank(task, ada, "a>b>c>d")
    rank(task, bob, "b>a>c>d")
    golds.mark(annotation=label, by=mona)

    refresh(project.pk)
    answers, gold = gathered(project.pk)

    assert [answer.rater for answer in answers] == [bob.pk]
    assert gold == {task.pk: A_TO_D}
    assert rows(project) == {bob.pk: (1, 1, 6)}


def test_gold_that_is_retired_counts_no_more_and_checks_are_no_labels(
    project: Project, mona: User, ada: User, bob: User
) -> None:
    first, second = make_gold(project, mona), make_gold(project, mona)
    for task in (first, second):
        check(task, ada, "a>b>c>d")
        check(task, bob, "a>b>c>d")
    golds.retire(gold=Gold.objects.get(task=second), by=mona)

    refresh(project.pk)
    assert rows(project) == {ada.pk: (1, 1, 6), bob.pk: (1, 1, 6)}

    golds.retire(gold=Gold.objects.get(task=first), by=mona)
    refresh(project.pk)
    assert rows(project) == {}


def test_answers_that_were_replaced_or_test_nothing_do_not_count(
    project: Project, mona: User, ada: User
) -> None:
    task, tied = make_gold(project, mona), make_gold(project, mona, "a=b=c=d")
    check(task, ada, "a>b>c>d")
    Annotation.objects.filter(annotator=ada).update(standing="superseded")
    check(tied, ada, "a>b>c>d")

    refresh(project.pk)

    assert rows(project) == {}


def test_beside_gold_there_are_the_answers_that_others_gave_too(
    project: Project, mona: User, ada: User, bob: User
) -> None:
    check(make_gold(project, mona), ada, "a>b>c>d")
    for order in ("a>b>c>d", "b>a>c>d"):
        task = make_task(project, "ranking", k=4, overlap=2)
        rank(task, ada, order)
        rank(task, bob, order)

    refresh(project.pk)

    assert rows(project) == {ada.pk: (3, 1, 18), bob.pk: (2, 0, 12)}


def test_a_project_is_due_when_other_answers_are_gold(
    project: Project, mona: User, ada: User
) -> None:
    """No answer comes then that would make it due."""
    task = make_gold(project, mona)
    check(task, ada, "a>b>c>d")
    Annotation.objects.update(created_at="2026-01-01T00:00:00Z")

    def is_due() -> bool:
        ProjectFigures.objects.update(began_at="2026-01-01T00:00:00Z")
        return due() == [project.pk]

    refresh(project.pk)
    assert (is_due(), rows(project)) == (False, {ada.pk: (1, 1, 6)})
    golds.retire(gold=Gold.objects.get(task=task), by=mona)
    assert is_due()
    refresh(project.pk)
    assert (is_due(), rows(project)) == (False, {})
    golds.restore(gold=Gold.objects.get(task=task), by=mona)
    assert is_due()
