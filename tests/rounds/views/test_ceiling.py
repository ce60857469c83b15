"""What people reach among themselves stands beside each accuracy of a reward model."""

import re

import pytest

from quality.models import ProjectFigures
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World


@pytest.fixture
def pages(world: World) -> list[str]:
    """The pages that say how often a reward model is right."""
    heldout = {"heldout": {"accuracy": 0.7, "pairs": 40}}
    run = world.runs["reward"]
    version = run.job.model_version
    version.metrics = heldout
    version.save()
    run.job.result = heldout
    run.job.save()
    return [
        f"/runs/{run.pk}/",
        f"/projects/kitchen/models/{version.pk}/",
        f"/runs/{world.runs['evaluate'].pk}/evaluation/",
    ]


def said(world: World, page: str) -> str:
    """The sentence of the human ceiling; "" where there is none."""
    html = signed_in(world.mona).get(page).content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))
    return "".join(re.findall(r"(?:Human ceiling:|The human ceiling)[^<]*?tasks", text))


def group(
    by: str, value: str, tasks: int, share: float, kind: str = "ranking"
) -> dict[str, object]:
    figures = {"ceiling": {"value": share, "low": share - 0.05, "high": share + 0.05}}
    named = {"kind": kind, "by": by, "value": value, "tasks": tasks}
    return named | {"figures": figures if tasks >= 30 else {}}


def test_too_few_tasks_are_counted(world: World, pages: list[str]) -> None:
    expected = "The human ceiling is not known: several people have answered 0 of the 30 tasks"
    assert [said(world, page) for page in pages] == [expected] * 3

    groups = [group("all", "", 12, 0.0), group("split", "heldout", 2, 0.0)]
    groups.append(group("all", "", 50, 0.9, kind="demonstration") | {"figures": {}})
    ProjectFigures.objects.create(project=world.project, groups=groups)

    assert said(world, pages[0]) == expected.replace("answered 0", "answered 12")


def test_held_out_tasks_come_before_all(world: World, pages: list[str]) -> None:
    figures = ProjectFigures.objects.create(
        project=world.project,
        groups=[group("all", "", 90, 0.75), group("split", "heldout", 29, 0.7)],
    )
    everything = (
        "Human ceiling: 75.0 % (70.0 % to 80.0 %). So often a person orders two texts as another "
        "one does, on 90 tasks"
    )
    assert [said(world, page) for page in pages] == [everything] * 3

    figures.groups = [group("all", "", 90, 0.75), group("split", "heldout", 31, 0.7)]
    figures.save()

    heldout = everything.replace("75.0 % (70.0 % to 80", "70.0 % (65.0 % to 75")
    heldout = heldout.replace("90 tasks", "31 held-out tasks")
    assert [said(world, page) for page in pages] == [heldout] * 3


def test_what_has_no_accuracy_has_no_ceiling(world: World) -> None:
    assert said(world, f"/projects/kitchen/models/{world.policy.pk}/") == ""
    assert said(world, f"/runs/{world.runs['sft'].pk}/") == ""
