"""How alike people rate several texts of a task: each text is a unit of the alphas."""

import pytest

from labeling.models import Project
from measures.alpha import alpha
from quality import agreement
from quality.models import ProjectFigures, TaskAgreement
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_task
from tests.quality.conftest import packed

# Of three people the numbers of the texts of each task, and whether each sets a flag of the first.
TASKS = [("163", "174", "253"), ("42", "44", "31"), ("7", "6", "7"), ("1357", "2357", "1247")]
FLAGS = [(1, 1, 0), (0, 0, 0), (1, 1, 1), (0, 1, 0)]


def test_alphas_are_of_all_texts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "ENOUGH", 2)
    people = [make_member(project) for _ in range(3)]
    for given, flags in zip(TASKS, FLAGS, strict=True):
        texts = [f"Text {n}" for n in range(len(given[0]))]
        task = make_task(project, "rating", texts=texts, overlap=3)
        for person, numbers, flag in zip(people, given, flags, strict=True):
            ratings = [
                {
                    "completion": pk,
                    "scales": {"overall": int(number)},
                    "flags": ["opinion"] if flag and pk == task.completion_ids[0] else [],
                }
                for pk, number in zip(task.completion_ids, numbers, strict=True)
            ]
            make_annotation(task, {"ratings": ratings}, annotator=person)

    refresh(project.pk)

    (row,) = [row for row in ProjectFigures.objects.get().groups if row["by"] == "all"]
    units = [list(map(float, unit)) for given in TASKS for unit in zip(*given, strict=True)]
    set_or_not = [list(map(float, flags)) for flags in FLAGS]
    others = sum(11 * len(given[0]) - 1 for given in TASKS)  # flags that nobody sets
    set_or_not += [[0.0] * 3] * others
    found = {name: figure["value"] for name, figure in row["figures"].items()}
    assert (row["tasks"], len(units)) == (4, 10)
    assert found["first_scale"] == round(alpha(units, level="ordinal") or 0, 4)
    # Of yes and no quality counts pairs, which differs from the alpha of few units by 1 / pairs.
    assert found["flags"] == pytest.approx(alpha(set_or_not, level="nominal"), abs=0.01)


def test_places_of_texts_that_are_not_there_are_no_values(project: Project) -> None:
    task = make_task(project, "rating", texts=["x", "y"], overlap=2)
    for number in (3, 5):
        rows = [
            {"completion": pk, "scales": {"overall": number}, "flags": []}
            for pk in task.completion_ids
        ]
        make_annotation(task, {"ratings": rows})

    refresh(project.pk)

    (figures,) = packed(TaskAgreement.objects.get())
    assert figures["first_scale"] == [2, 4, 2, 4, *[-1] * 14, 2]
