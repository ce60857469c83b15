"""The stages that are found, whatever each does."""

import importlib
from dataclasses import fields

import pytest

from rounds.models import Round
from rounds.stages import find, get, launchable
from rounds.stages.folder import spec_settings
from tests.rounds.world import make_run
from training.contract.spec import Spec


@pytest.mark.parametrize("name", find())
def test_the_settings_are_those_of_the_spec(
    name: str,
) -> None:
    spec = importlib.import_module(f"training.{get(name).trainer or name}.spec")
    known = {
        field.name
        for each in vars(spec).values()
        if isinstance(each, type) and issubclass(each, Spec) and each is not Spec
        for field in fields(each)
    }

    assert {setting.name for setting in get(name).settings if setting.in_spec} <= known


def test_a_run_from_before_a_setting_can_be_tried_again(first_round: Round) -> None:
    run = make_run(first_round, "evaluate")
    del run.recipe["samples_per_prompt"]

    assert "samples_per_prompt" not in spec_settings(run, get("evaluate").settings)


def test_each_stage_comes_after_those_whose_models_it_needs() -> None:
    assert list(launchable()) == ["sft", "dpo", "reward", "second_reward", "ppo", "evaluate"]


def test_a_stage_whose_folder_is_gone_says_its_name(first_round: Round) -> None:
    gone = get("distilled")

    assert (gone.label, gone.settings, gone.in_chains) == ("distilled", (), False)
