"""Votes become figures: win rates, a decision, a table; rankings that mix versions apart."""

from typing import Any

import pytest

from labeling import reviewing
from labeling.models import Annotation
from registry.models import ModelVersion
from rounds.models import Verdict
from rounds.verdict.asking import ask, close
from rounds.verdict.due import due
from rounds.verdict.refreshing import refresh
from rounds.verdict.texts import evaluated
from tests.factories import make_annotation, make_member, make_task
from tests.rounds.verdict.voting import vote, vote_all
from tests.rounds.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """All tasks but those of votes are done."""
    world = make_world()
    world.project.tasks.update(state="done", free_slots=0)
    return world


@pytest.fixture
def versions(world: World) -> list[ModelVersion]:
    return evaluated(world.project)


def figures(world: World) -> dict[str, Any]:
    assert refresh(world.project.pk)
    return Verdict.objects.get().figures


def test_a_version_that_wins_every_prompt_is_better_before_all_have_voted(
    world: World, versions: list[ModelVersion]
) -> None:
    ask(project=world.project, versions=versions, prompts=12, effect=0.9, by=world.mona)
    vote_all(world.project, world.ada, lambda one, other: 3)

    (pair,) = figures(world)["pairs"]

    assert (pair["older"], pair["newer"]) == (versions[0].pk, versions[1].pk)
    assert [pair[n] for n in ("prompts", "votes", "wins", "ties", "losses")] == [12, 12, 12, 0, 0]
    # log(1.8) a win: it takes six to reach log(24).
    assert (pair["decision"], pair["decided_after"], pair["more"]) == ("better", 6, 0)
    assert pair["rate"]["value"] == 1.0
    assert pair["rate"]["low"] == pytest.approx(0.757, abs=0.001)  # Wilson's, of 12
    assert 0.5 < pair["anytime"]["low"] < pair["anytime"]["high"] == 1.0


def test_votes_of_a_prompt_are_averaged_and_wait_for_each_other(
    world: World, versions: list[ModelVersion]
) -> None:
    bob = make_member(world.project, "Bob")
    ask(project=world.project, versions=versions, prompts=3, votes=2, by=world.mona)
    vote_all(world.project, world.ada, lambda one, other: 1)

    assert figures(world)["pairs"] == []  # each prompt waits for its second vote
    vote(world.project, bob, lambda one, other: 1)
    assert [p["waiting"] for p in figures(world)["pairs"]] == [2]

    for step in (-1, None):  # then the older one, and both are bad
        vote(world.project, bob, lambda one, other, step=step: step)  # type: ignore[misc]
    (pair,) = figures(world)["pairs"]
    assert [pair[n] for n in ("prompts", "votes", "wins", "ties", "losses")] == [3, 6, 2, 1, 0]
    assert pair["rate"]["value"] == pytest.approx((1 + 0.5 + 0.75) / 3)
    assert (pair["decision"], pair["more"] > 3) == ("undecided", True)


def test_what_was_excluded_is_not_counted_and_closing_ends_the_waiting(
    world: World, versions: list[ModelVersion]
) -> None:
    ballot = ask(project=world.project, versions=versions, prompts=2, votes=2, by=world.mona)
    first, _second = vote_all(world.project, world.ada, lambda one, other: -2)
    reviewing.exclude(annotation=first, by=world.mona, text="A script.", ask_again=True)
    close(ballot=ballot, by=world.mona)

    (pair,) = figures(world)["pairs"]

    assert [pair[n] for n in ("prompts", "votes", "losses")] == [1, 1, 1]


def test_simulated_votes_are_not_counted_among_peoples(
    world: World, versions: list[ModelVersion]
) -> None:
    robot = make_member(world.project, "Sim", is_simulated=True)
    ask(project=world.project, versions=versions, prompts=2, by=world.mona)
    vote(world.project, robot, lambda one, other: 3)
    vote(world.project, world.ada, lambda one, other: -3)

    (pair,) = figures(world)["pairs"]

    assert [pair[n] for n in ("prompts", "votes", "losses")] == [1, 1, 1]


def test_the_table_is_anchored_at_the_base(world: World, versions: list[ModelVersion]) -> None:
    ask(project=world.project, versions=versions, prompts=12, by=world.mona)
    steps = iter([1] * 9 + [-1] * 3)
    vote_all(world.project, world.ada, lambda one, other: next(steps))

    table = figures(world)["table"]

    base, policy = table["rows"]
    assert table["base"] == base["version"] == versions[0].pk
    assert base["wins"] is None
    assert policy["wins"]["value"] == pytest.approx(0.75, abs=0.01)
    assert policy["wins"]["low"] < 0.75 < policy["wins"]["high"]
    assert policy["wins"]["n"] == 12
    assert table["next"] == {"older": versions[0].pk, "newer": versions[1].pk}


def test_rankings_that_mix_versions_are_counted_apart(
    world: World, versions: list[ModelVersion]
) -> None:
    task = make_task(world.project, "ranking", texts=["a", "b", "c"])
    a, b, c = task.completions.order_by("pk")
    for completion, version in ((a, versions[0]), (b, versions[1]), (c, versions[1])):
        completion.model_version = version
        completion.save()
    make_annotation(task, {"tiers": [[b.pk], [a.pk, c.pk]], "unacceptable": []})

    other = make_task(world.project, "ranking", texts=["a", "b"], is_chosen=True)
    for completion, version in zip(other.completions.order_by("pk"), versions, strict=True):
        completion.model_version = version
        completion.save()
    make_annotation(other)  # where the reward models differ: it says nothing of all prompts

    found = figures(world)

    assert (found["pairs"], found["table"]) == ([], {})
    (pair,) = found["rankings"]
    assert [pair[n] for n in ("prompts", "votes", "wins")] == [1, 2, 1]
    assert pair["rate"]["value"] == 0.75  # b above a, c tied with it


def test_a_project_is_due_while_there_is_something_to_count(
    world: World, versions: list[ModelVersion]
) -> None:
    Verdict.objects.all().delete()
    assert due() == []  # one round, and nobody was asked
    ask(project=world.project, versions=versions, prompts=1, by=world.mona)
    assert due() == [world.project.pk]

    Annotation.objects.update(created_at="2026-01-01T00:00Z")
    refresh(world.project.pk)
    assert due() == []
    Verdict.objects.update(began_at="2026-01-01T00:00Z")
    assert due() == []  # nothing has come
    vote(world.project, world.ada, lambda one, other: 0)
    assert due() == [world.project.pk]


def test_pages_and_workers_count_without_numpy() -> None:
    import subprocess
    import sys

    words = (
        "import sys, django; django.setup(); import workers.tasks, config.urls; "
        "sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", words], check=True, timeout=120)
