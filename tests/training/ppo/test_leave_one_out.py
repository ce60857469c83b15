"""Rollouts that are compared with the others of their prompt, without a value network."""

import json
import shutil
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from tests.training.ppo.setting import SPEC, drawn_rows, experience_of
from tests.training.ppo.test_trainer import PROMPTS, events_of, stage_spec, tiny_reward
from training import losses
from training.folder import JobFolder
from training.ppo import trainer as ppo
from training.ppo.spec import OTHERS, PPOSpec
from training.ppo.update import VALUE_MEANS
from training.sampling.engines import Here

__all__ = ["stage_spec", "tiny_reward"]  # fixtures

OF_VALUES = {"explained_variance", "value_gradient", *VALUE_MEANS}
THREE = {"baseline": OTHERS, "rollouts_per_prompt": 3}


def test_a_rollout_is_worth_what_it_scores_more_than_the_others_of_its_prompt(make_networks):
    networks, spec = make_networks(has_values=False), replace(SPEC, **THREE, gae_lambda=0.3)

    found = experience_of(networks, drawn_rows(), spec)

    objective = found.rewards.sum(1)
    first = (objective[1] + objective[2]) / 2
    last = (objective[9] + objective[10]) / 2
    expected = torch.stack([objective[0] - first, objective[11] - last])
    ahead = found.returns - found.values  # of each token: what is still to come, less the baseline
    torch.testing.assert_close(ahead[[0, 11], 0], expected)
    torch.testing.assert_close(found.advantages, losses.whiten(ahead, found.mask))


def test_a_run_goes_on_bit_equal_and_holds_no_values(make_job, stage_spec):
    spec = replace(stage_spec, **THREE, steps=4, value_warmup_steps=3)
    whole = make_job(spec, "whole", prompts=PROMPTS)
    with JobFolder(whole) as folder:
        ppo.ppo(folder)
    cut = make_job(spec, "cut", prompts=PROMPTS)
    (cut / "checkpoints").mkdir()
    shutil.copytree(whole / "checkpoints/step-2", cut / "checkpoints/step-2")
    with JobFolder(cut) as folder:
        ppo.ppo(folder)

    one, two = ((job / "model/model.safetensors").read_bytes() for job in (whole, cut))
    assert one == two
    state = load_file(whole / "checkpoints/step-2/state.safetensors")
    assert {name.split(".")[0].split("/")[0] for name in state}.isdisjoint({"critic"})
    result = json.loads((whole / "result.json").read_text())
    assert result.keys() == PPOSpec.results.keys() - {"ptx_loss"} - OF_VALUES
    rates = [event["values"]["learning_rate"] for event in events_of(whole, "metric")]
    assert min(rates) > 0  # there is no value network to wait for


def test_each_prompt_is_completed_so_many_times_and_read_once(make_job, stage_spec, monkeypatch):
    spec = replace(stage_spec, **THREE)
    asked: list[int] = []
    sample = Here.sample

    def counted(self, requests, **how):
        asked.extend(len(request.seeds) for request in requests)
        return sample(self, requests, **how)

    monkeypatch.setattr(Here, "sample", counted)
    with JobFolder(make_job(spec, prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, spec)
        first, second = run.roll_out(0), run.roll_out(1)

    ids = [prompt.prompt_id for prompt in (*first.prompts, *second.prompts)]
    groups = [ids[place : place + 3] for place in range(0, 24, 3)]
    assert all(len(set(group)) == 1 for group in groups)
    assert sorted(group[0] for group in groups[:5]) == [0, 1, 2, 3, 4]
    assert asked == [3] * 8
    texts = {tuple(row.tolist()) for row in first.rows.ids}
    assert len(texts) > 4  # each with a seed of its own


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"rollouts_per_prompt": 5}, "batch_size must be a multiple of rollouts_per_prompt"),
        ({"rollouts_per_prompt": 0}, "batch_size must be a multiple of rollouts_per_prompt"),
        ({"baseline": OTHERS}, "leave_one_out needs rollouts_per_prompt"),
        ({"baseline": "mean"}, "baseline must be values or leave_one_out"),
    ],
)
def test_settings_that_compare_with_nothing_are_refused(given, why):
    with pytest.raises(ValueError, match=why):
        replace(SPEC, **given)
