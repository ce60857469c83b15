"""Who labels is chosen by a test, where a rehearsal is to show what that is worth."""

import pytest

from core.errors import JobFailedError
from labeling.kinds.simulation import Habits
from labeling.models import Annotation, Project
from rehearsal.annotators import label_all
from rehearsal.raters import read
from rehearsal.screening import TASKS, screen
from tests.factories import make_member, make_project, make_prompt, make_task
from tests.rehearsal.test_reliability import PROMPT, TEXTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    """A rehearsal's."""
    return make_project("rehearsal-1", is_simulated=True, overlap=2)


def test_only_who_orders_as_the_researcher_does_works(project: Project) -> None:
    boss = make_member(project, "Boss", "manager")
    for number in range(TASKS + 10):
        prompt = make_prompt(project, f"{PROMPT} ({number})")
        make_task(project, "ranking", prompt=prompt, texts=TEXTS, overlap=2)

    raters = read("2,1,1", overlap=2, use="screened")
    passed, rows = screen(project, raters, by=boss, habits=Habits(), seed=0)
    label_all(project, passed, habits=Habits(), seed=0)

    assert [person.name for person in passed] == ["Sim Good 1", "Sim Good 2"]
    assert [(row["truth"], row["answers"], row["passed"]) for row in rows] == [
        ("good", TASKS, True),
        ("good", TASKS, True),
        ("random", TASKS, False),
        ("inverted", TASKS, False),
    ]
    right = [row["agreement"]["percent"] for row in rows]
    assert min(right[:2]) > 75 > 65 > right[2] > right[3]
    labels = Annotation.objects.filter(project=project, standing="counts")
    assert {row.annotator.name for row in labels} == {"Boss", "Sim Good 1", "Sim Good 2"}
    assert labels.count() == TASKS + 2 * 10


def test_without_tasks_there_is_no_test(project: Project) -> None:
    boss = make_member(project, "Boss", "manager")

    with pytest.raises(JobFailedError, match="no task"):
        screen(project, read("2,0,0", overlap=1), by=boss, habits=Habits(), seed=0)
