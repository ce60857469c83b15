"""Each stage in bf16 and with LoRA; on a GPU too, where there is one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.ppo.setting import SPEC
from tests.training.random_reward import random_reward_model
from training import tuning as tunings
from training.artifacts import write_folder
from training.folder import JobFolder
from training.models import load_policy
from training.ppo import trainer as ppo
from training.reward import trainer as reward
from training.reward.spec import RewardSpec
from training.sft import trainer as sft
from training.sft.spec import SFTSpec
from training.trial import DEMONSTRATIONS, PROMPTS, RANKINGS
from training.tuning import Tuning, compute_dtype

# Weights that learn, and weights that keep still.
BF16 = [{"lora_rank": rank, "precision": "bf16"} for rank in (0, 4)]
MILLIONS = 135_000_000


def metrics_of(path: Path) -> list[dict[str, Any]]:
    lines = map(json.loads, (path / "events.jsonl").read_text().splitlines())
    return [event["data"]["values"] for event in lines if event["kind"] == "metric"]


@pytest.mark.parametrize("tuning", BF16)
def test_ppo_begins_at_its_reference_and_goes_on(make_job, tiny_folder, tmp_path, tuning):
    model, chat = random_reward_model(tiny_folder)
    write_folder(tmp_path / "reward", lambda to: model.save(to, chat))
    models = {"policy": str(tiny_folder), "reward_model": str(tmp_path / "reward")}
    path = make_job(replace(SPEC, steps=3, **models, **tuning), prompts=PROMPTS)

    with JobFolder(path) as folder:
        ppo.ppo(folder)

    metrics = metrics_of(path)
    assert len(metrics) == 3
    assert metrics[0]["kl"] == pytest.approx(0, abs=1e-2)
    assert all(one["updates"] > 0 for one in metrics)
    load_policy(path / "model")


@pytest.mark.parametrize("tuning", BF16)
def test_rankings_are_learned_as_in_fp32(make_job, tiny_folder, tuning):
    """Rewards differ in bf16 by what it rounds; the loss is of fp32 and falls alike."""

    def losses(name: str, precision: str) -> list[float]:
        spec = RewardSpec(
            model=str(tiny_folder),
            epochs=8,
            batch_size=2,
            learning_rate=1e-3,
            **tuning | {"precision": precision},
        )
        path = make_job(spec, name, train=RANKINGS, heldout=RANKINGS)
        with JobFolder(path) as folder:
            reward.reward(folder)
        return [one["loss"] for one in metrics_of(path)]

    half, whole = losses("half", "bf16"), losses("whole", "fp32")

    assert half != whole
    assert half == pytest.approx(whole, abs=0.01)
    assert whole[-1] < whole[0] - 0.04


@pytest.mark.parametrize("tuning", BF16)
def test_demonstrations_are_learned(make_job, tiny_folder, tuning):
    spec = SFTSpec(model=str(tiny_folder), epochs=4, learning_rate=1e-2, **tuning)
    path = make_job(spec, train=DEMONSTRATIONS, heldout=DEMONSTRATIONS)

    with JobFolder(path) as folder:
        sft.sft(folder)

    result = json.loads((path / "result.json").read_text())
    assert result["heldout_loss"] < result["heldout_loss_before"]


@pytest.mark.parametrize(
    ("precision", "parameters", "fast", "expected"),
    [
        ("auto", MILLIONS, True, torch.bfloat16),
        ("auto", MILLIONS, False, torch.float32),
        ("auto", 60_000, True, torch.float32),
        ("fp32", MILLIONS, True, torch.float32),
        ("bf16", 60_000, False, torch.bfloat16),
    ],
)
def test_bf16_is_taken_where_it_is_faster(monkeypatch, precision, parameters, fast, expected):
    monkeypatch.setattr(tunings, "multiplies_bf16", lambda where: fast)

    assert compute_dtype(precision, parameters=parameters) == expected


def test_weights_that_learn_are_fp32_whatever_is_multiplied():
    half = torch.bfloat16

    assert Tuning(compute=half).weights == torch.float32
    assert Tuning(compute=half, lora_rank=8).weights == half
    assert Tuning(lora_rank=8).weights == torch.float32
