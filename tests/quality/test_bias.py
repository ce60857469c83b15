"""Places and length that all people together prefer."""

import pytest

from accounts.models import User
from labeling.models import Project, Role
from measures.intervals import wilson
from quality.models import ProjectFigures
from quality.refreshing import refresh
from tests.factories import make_member, make_prompt, make_task
from tests.labeling.views.asking import signed_in
from tests.quality.conftest import rank
from tests.quality.views.test_agreement import words


def test_the_place_and_the_length_that_people_prefer(
    project: Project, ada: User, bob: User
) -> None:
    """Of 40 answers on 20 prompts 30 put the first, which is twice as long, before the second."""
    for n in range(20):
        task = make_task(project, "ranking", texts=["one two", "one"], overlap=2)
        for person in (ada, bob):
            rank(task, person, "a>b" if n % 4 else "b>a")

    refresh(project.pk)

    (row,) = ProjectFigures.objects.get().bias
    assert (row["kind"], row["answers"], row["people"], row["run"]) == ("ranking", 40, 2, None)
    first, second = row["places"]
    assert (first["value"], first["n"], second["value"]) == (0.75, 40, 0.25)
    # Both answers to a prompt are alike, so there are 20 and not 40 that tell.
    alone, both = wilson(0.75, 40), wilson(0.75, 20)
    assert first["high"] - first["low"] > 1.2 * (alone.high - alone.low)
    assert first["low"] == pytest.approx(both.low, abs=0.06)
    assert row["length"]["value"] == pytest.approx(3, abs=0.01)
    assert (row["length"]["n"], row["length"]["pairs"]) == (20, 40)

    page = words(signed_in(make_member(project, role=Role.REVIEWER)))
    told = page.partition("Habits of all people together")[2]
    assert "Rankings by 2 people. The intervals are over prompts" in told
    assert "From 40 answers, at most the newest 5,000." in told
    assert "1 of 2 75.0 %" in told
    assert "preferred with odds of 3.00 to 1" in told
    page = words(signed_in(make_member(project, role=Role.REVIEWER, language="zh-hans")))
    assert "2 人给出的排序" in page.partition("所有人合在一起的习惯")[2]


def test_few_answers_tell_nothing_and_the_page_says_how_many_it_takes(
    project: Project, ada: User
) -> None:
    rank(make_task(project, "ranking", prompt=make_prompt(project)), ada, "a>b>c>d")
    refresh(project.pk)

    assert ProjectFigures.objects.get().bias == []
    page = words(signed_in(make_member(project, role=Role.REVIEWER)))
    assert "is told from 30 rankings or comparisons on." in page
