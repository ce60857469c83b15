"""What the platform finds of raters whose reliability is known, and who is left out by it."""

import pytest
from django.utils import timezone

from labeling.kinds.simulation import Habits
from labeling.models import Annotation, Project, Review
from quality.models import Reliability
from quality.refreshing import refresh
from rehearsal.annotators import hire, label_all
from rehearsal.raters import read
from rehearsal.reliability import leave_out, people
from tests.factories import make_member, make_project, make_prompt, make_task

PROMPT = "Why do bees make honey?"
TEXTS = [
    "Bees make honey to store food for the winter, when there are no flowers to visit.",
    "Bees make honey to eat it in the cold months of winter. They also",
    "Because.",
    "**Sure!**\n\n- the the the the\n- the the the",
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    """A rehearsal's."""
    return make_project("rehearsal-1", is_simulated=True, overlap=3)


def test_bad_raters_are_found_by_their_answers_alone(project: Project) -> None:
    annotators = hire(project, by=None, raters=read("3,1,1", overlap=3))
    for number in range(40):
        prompt = make_prompt(project, f"{PROMPT} ({number})")
        make_task(project, "ranking", prompt=prompt, texts=TEXTS, overlap=3)
    label_all(project, annotators, habits=Habits(), seed=0)
    refresh(project.pk)

    rows = people(project, annotators)

    assert [row["truth"] for row in rows] == ["good"] * 3 + ["random", "inverted"]
    values = [row["reliability"]["value"] for row in rows]
    assert min(values[:3]) > 0.85 > values[3] > values[4]
    assert values[4] < 0.35
    assert sum(row["reliability"]["answers"] for row in rows) == 120
    # Answers that put one text first, alone.
    assert {row["first"]["n"] for row in rows} == {23, 24}


def test_the_orders_of_the_unreliable_are_excluded_as_a_reviewer_does(project: Project) -> None:
    boss = make_member(project, "Boss", "manager")
    annotators = hire(project, by=None, raters=read("2,0,1", overlap=3))
    bad = annotators[2]
    ranked = make_task(
        project, "ranking", prompt=make_prompt(project, PROMPT), texts=TEXTS, overlap=3
    )
    shown = make_task(project, prompt=ranked.prompt, overlap=3)
    label_all(project, annotators, habits=Habits(), seed=0)
    numbers = {"low": 0.0, "high": 1.0, "answers": 40, "pairs": 240}
    for person, value in zip(annotators, (0.95, 0.75, 0.2), strict=True):
        Reliability.objects.create(
            project=project, person=person, value=value, computed_at=timezone.now(), **numbers
        )

    left = leave_out(project, annotators, by=boss)

    assert left == annotators[:2]
    standing = dict(Annotation.objects.filter(task=ranked).values_list("annotator", "standing"))
    assert standing == {annotators[0].pk: "counts", annotators[1].pk: "counts", bad.pk: "excluded"}
    assert set(shown.annotations.values_list("standing", flat=True)) == {"counts"}
    assert Review.objects.get().text == "Found unreliable."
