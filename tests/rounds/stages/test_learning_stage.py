"""The learning curve that a run of the reward model measures where its setting says so."""

from pathlib import Path

import pytest

from accounts.models import User
from registry.models import ModelVersion
from registry.services import register_folder
from rounds.launching.launching import launch
from rounds.models import LearningCurve, Round, Run
from rounds.stages import get
from rounds.stages.reward import needs
from tests.factories import make_annotation, make_task
from tests.rounds.worker import finish, start, write_model
from training.reward.spec import RewardSpec


@pytest.fixture
def base(db: None, tmp_path: Path) -> ModelVersion:
    """A base model with files."""
    return register_folder(folder=write_model(tmp_path / "base"), kind="base", name="base")


@pytest.fixture
def runs(first_round: Round, mona: User) -> dict[str, Run]:
    """An SFT model and a reward model, launched with three repeats."""
    held = first_round.project.prompts.filter(split="heldout")[0]
    for kind in ("demonstration", "demonstration", "ranking", "ranking"):
        make_annotation(make_task(first_round.project, kind))
    make_annotation(make_task(first_round.project, "ranking", prompt=held))
    recipes = {"reward": {"learning_repeats": 3}}
    launched = launch(round_=first_round, stages=["sft", "reward"], recipes=recipes, by=mona)
    return {run.stage: run for run in launched}


def test_a_learning_curve_is_kept_with_its_run(
    runs: dict[str, Run],
) -> None:
    finish(runs["sft"])
    points = [{"labels": 3, "repeat": 0, "accuracy": 0.7}]
    heldout = {"rankings": 1, "pairs": 4, "accuracy": 0.7}

    finish(runs["reward"], result={"heldout": heldout, "learning": points})

    curve = LearningCurve.objects.get()
    assert (curve.run, curve.points, curve.pairs) == (runs["reward"], points, 4)
    assert (curve.outlook, curve.computed_at) == ({}, None)
    assert ModelVersion.objects.get(kind="reward").metrics["learning"] == points


def test_the_repeats_of_a_learning_curve_go_to_the_trainer(runs: dict[str, Run]) -> None:
    run = runs["reward"]
    finish(runs["sft"])

    _, _, spec = start(run)

    assert isinstance(spec, RewardSpec)
    assert spec.learning_repeats == 3


def test_a_learning_curve_takes_its_time_and_disk_and_two_repeats_at_least() -> None:
    reward = get("reward")
    assert [needs.trainings({"learning_repeats": n}) for n in (0, 2, 3)] == [1, 3.75, 5.625]
    assert reward.disk({"frozen_layers": 0, "learning_repeats": 2}) == 2 * reward.disk(
        {"frozen_layers": 0}
    )
    wrong = reward.misfits({"learning_repeats": 1}, 40)
    told = "Choose 0, or 2 and more: one of each size tells no interval."
    assert wrong == {"learning_repeats": told}
    assert reward.misfits({"learning_repeats": 0}, 40) == {}
    assert reward.misfits({"learning_repeats": 2}, 40) == {}


def test_without_points_there_is_no_curve(runs: dict[str, Run]) -> None:
    finish(runs["sft"])

    finish(runs["reward"], result={"heldout": {"pairs": 4, "accuracy": 0.7}, "learning": []})

    assert not LearningCurve.objects.exists()
