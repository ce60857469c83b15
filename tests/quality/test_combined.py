"""How alike people answer the steps of one page: each kind's figures, under its name."""

import pytest

from labeling.models import Project
from quality import agreement
from quality.models import ProjectFigures, TaskAgreement
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_task


def test_figures_are_of_each_step(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "ENOUGH", 2)
    people = [make_member(project) for _ in range(2)]
    for numbers in [(7, 7), (7, 1)]:
        task = make_task(project, "combined", texts=["x", "y"], overlap=2)
        x, y = task.completion_ids
        for person, number in zip(people, numbers, strict=True):
            rows = [{"completion": pk, "scales": {"overall": number}, "flags": []} for pk in (x, y)]
            tiers = [[x], [y]] if person == people[0] else [[x, y]]
            ranking = {"tiers": tiers, "unacceptable": []}
            body = {"parts": {"rating": {"ratings": rows}, "ranking": ranking}, "presorted": {}}
            make_annotation(task, body, annotator=person)

    refresh(project.pk)

    (row,) = [row for row in ProjectFigures.objects.get().groups if row["by"] == "all"]
    found = {name: figure["value"] for name, figure in row["figures"].items()}
    assert (row["kind"], row["tasks"]) == ("combined", 2)
    assert found["rating_nearness"] == 0.5
    assert found["ranking_agreement"] == found["ceiling"] == 0.5
    assert found["rating_agreement"] == 1.0  # all is tied
    assert found["steps"] == 0.5
    agreed = TaskAgreement.objects.order_by("task").values_list("agreement", flat=True)
    assert list(agreed) == [0.75, 0.25]
