"""Stage ppo as a process: stopped, killed, gone on, saved."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.training.conftest import ROOT, wait_for
from tests.training.ppo.setting import SPEC
from tests.training.random_reward import random_reward_model
from training import tiny
from training.artifacts import newest_verified, write_folder
from training.chat import FORBIDDEN
from training.contract.manifest import verify
from training.errors import DivergedError, StoppedError
from training.folder import JobFolder
from training.models import load_policy, save_model
from training.policy import Policy
from training.ppo import trainer as ppo
from training.ppo.rollouts import check_sampler
from training.ppo.spec import PPOSpec
from training.rows import trained

PROMPTS = [
    {"prompt_id": number, "messages": [{"role": "user", "content": f"Write about {word}"}]}
    for number, word in enumerate(["the sea", "fire", "a green book", "bread", "friends"])
]


@pytest.fixture(scope="session")
def tiny_reward(tiny_folder, tmp_path_factory):
    """A reward model nobody trained: any fixed function of the text will do."""
    model, chat = random_reward_model(tiny_folder)
    folder = tmp_path_factory.mktemp("models") / "reward"
    write_folder(folder, lambda to: model.save(to, chat))
    return folder


@pytest.fixture
def stage_spec(tiny_folder, tiny_reward) -> PPOSpec:
    return replace(
        SPEC, policy=str(tiny_folder), reward_model=str(tiny_reward), steps=6, frozen_layers=1,
        checkpoint_every=2, sample_every=2, kl_target=1.0, kl_horizon=100,
    )  # fmt: skip


def events_of(job, kind: str) -> list[dict[str, Any]]:
    lines = (job / "events.jsonl").read_text().splitlines()
    return [event["data"] for event in map(json.loads, lines) if event["kind"] == kind]


def run(path) -> None:
    """In this process, as one of its own would."""
    with JobFolder(path) as folder:
        ppo.ppo(folder)


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 4])
def test_a_run_that_is_killed_and_stopped_ends_bit_equal_to_one_that_was_not(
    make_job, start_stage, stage_spec, rank
):
    stage_spec = replace(stage_spec, lora_rank=rank)
    tables = {"prompts": PROMPTS, "samples": PROMPTS[:2]}
    whole = make_job(stage_spec, "whole", **tables)
    run(whole)

    cut = make_job(stage_spec, "cut", **tables)
    process = start_stage("ppo", cut, OMP_NUM_THREADS="1")
    wait_for(cut / "checkpoints" / "step-2", process)
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    process = start_stage("ppo", cut, OMP_NUM_THREADS="1")
    wait_for(cut / "checkpoints" / "step-4", process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=600)
    assert process.returncode in {0, 75}  # it may have been done before it heard
    run(cut)

    for name in ("model/model.safetensors", "checkpoints/step-4/state.safetensors"):
        assert (cut / name).read_bytes() == (whole / name).read_bytes()
    metrics = [
        {event["step"]: event["values"]["score"] for event in events_of(job, "metric")}
        for job in (cut, whole)
    ]
    assert metrics[0] == metrics[1]
    verify(whole / "model")
    result = json.loads((whole / "result.json").read_text())
    assert result.keys() == PPOSpec.results.keys() - {"ptx_loss"}
    first = events_of(whole, "metric")[0]["values"]
    assert first["kl"] == first["kl_k3"] == 0
    assert [event["step"] for event in events_of(whole, "sample")] == [0, 2, 4]
    assert len(events_of(whole, "sample")[0]["samples"]) == 2


def test_a_run_that_is_asked_to_stop_leaves_in_the_middle_of_its_sampling(make_job, stage_spec):
    with JobFolder(make_job(stage_spec, "job", prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, stage_spec)
        folder.request_stop()

        with pytest.raises(StoppedError, match="before step 4"):
            run.roll_out(3)

        verify(folder.checkpoints / "step-3")


@pytest.mark.parametrize("name", ["policy", "critic"])
def test_a_stop_does_not_keep_what_is_not_finite(make_job, stage_spec, name):
    with JobFolder(make_job(stage_spec, prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, stage_spec)
        move(getattr(run.networks, name), float("nan"))
        folder.request_stop()

        with pytest.raises(DivergedError, match=f"the {name} has parameters that are not finite"):
            run.leave_if_asked(3)

        assert not folder.checkpoints.exists()


@pytest.mark.parametrize("step", [3, 6])
def test_a_bad_policy_that_a_stop_has_kept_is_neither_gone_on_from_nor_deployed(
    make_job, stage_spec, step
):
    """Step 6: all are taken, and the average waits to be deployed. A retry finds the one before."""
    path = make_job(replace(stage_spec, max_kl=0.01), prompts=PROMPTS)
    with JobFolder(path) as folder:
        run = ppo.PPORun.of(folder, folder.spec(PPOSpec))
        run.kept.keep(2, **run.numbers)
        move(run.networks.policy, 0.5)
        run.average(0)
        folder.request_stop()
        with pytest.raises(StoppedError):
            run.leave_if_asked(step)
        verify(folder.checkpoints / f"step-{step}")

    with JobFolder(path) as folder, pytest.raises(DivergedError, match=f"in step {step}"):
        ppo.ppo(folder)

    assert newest_verified(path / "checkpoints") == path / "checkpoints" / "step-2"
    assert not (path / "model").exists()


def test_a_policy_keeps_the_precision_of_its_base(make_job, stage_spec, tmp_path):
    model, chat = tiny.make()
    write_folder(tmp_path / "half", lambda to: save_model(to, model.to(torch.bfloat16), chat))
    path = make_job(replace(stage_spec, policy=str(tmp_path / "half"), steps=1), prompts=PROMPTS)

    with JobFolder(path) as folder:
        ppo.ppo(folder)

    weights = load_file(path / "model" / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    assert json.loads((path / "model" / "config.json").read_text())["dtype"] == "bfloat16"


def parameters_of(run: ppo.PPORun) -> dict[str, Tensor]:
    found = trained(run.networks.policy).items()
    return {name: parameter.detach().clone() for name, parameter in found}


def move(network: Any, by: float) -> None:
    with torch.no_grad():
        for parameter in trained(network).values():
            parameter += by


def test_what_is_deployed_is_the_average_of_the_policies_with_its_own_numbers(make_job, stage_spec):
    with JobFolder(make_job(stage_spec, prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, stage_spec)
        start = parameters_of(run)
        move(run.networks.policy, 1e-3)
        run.average(0)  # decay 1/10
        move(run.networks.policy, 1e-3)
        run.average(1)  # decay 2/11
        run.finish()
        deployed = parameters_of(run)

    expected = 2 / 11 * 0.9e-3 + 9 / 11 * 2e-3
    for name, parameter in deployed.items():
        torch.testing.assert_close(parameter, start[name] + expected, rtol=0, atol=1e-6)
    saved, chat = load_policy(folder.model, dtype=torch.float32)
    for name, parameter in Policy(saved, forbid=chat.forbid).named_parameters():
        if name in deployed:
            assert torch.equal(parameter, deployed[name])
    result = json.loads((folder.path / "result.json").read_text())
    assert result["steps"] == 6
    assert result["kl_k3"] > 0  # no step was taken: these are the deployed policy's own


def test_a_policy_that_the_last_update_has_ruined_is_not_deployed(make_job, stage_spec):
    spec = replace(stage_spec, max_kl=0.01)
    with JobFolder(make_job(spec, prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, spec)
        move(run.networks.policy, 0.5)
        run.average(0)

        with pytest.raises(DivergedError, match="in step 6"):
            run.finish()

    assert not folder.model.exists()


def test_a_sampler_that_is_not_the_policy_is_a_bug(make_job, stage_spec):
    with JobFolder(make_job(stage_spec, prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, stage_spec)
        rollouts, experience, _ = run.experience(0)
        logits = run.networks.policy.logits(rollouts.rows)
        assert set(logits[:, [0, 1]].flatten().tolist()) == {FORBIDDEN}  # never drawn
        warmer = replace(rollouts, logprobs=rollouts.logprobs * 1.1)

        with pytest.raises(RuntimeError, match="the sampler's log-probabilities differ"):
            check_sampler(warmer, experience)


@pytest.mark.slow
def test_two_processes_end_where_one_does(make_job, stage_spec):
    spec = replace(stage_spec, steps=2)
    alone = make_job(spec, "alone", prompts=PROMPTS)
    run(alone)

    together = make_job(spec, "together", prompts=PROMPTS)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    process = subprocess.run(
        [*launch, "-m", "training.ppo", str(together)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert process.returncode == 0, process.stderr

    one, two = (load_file(job / "model/model.safetensors") for job in (alone, together))
    assert one.keys() == two.keys()
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-4, atol=2e-5)
    scores = [
        [event["values"]["score"] for event in events_of(job, "metric")]
        for job in (alone, together)
    ]
    assert scores[1] == pytest.approx(scores[0], rel=1e-4)


@pytest.mark.slow
def test_a_run_that_diverges_deploys_nothing_and_keeps_its_checkpoints(
    make_job, start_stage, stage_spec
):
    spec = replace(
        stage_spec, learning_rate=3.0, warmup_steps=3000, max_kl=5.0, steps=300, checkpoint_every=1
    )
    job = make_job(spec, prompts=PROMPTS)
    process = start_stage("ppo", job, OMP_NUM_THREADS="1")

    assert process.wait(600) == 1
    assert json.loads((job / "error.json").read_text())["code"] == "diverged"
    assert not (job / "model").exists()
    assert not (job / "result.json").exists()
    assert newest_verified(job / "checkpoints") is not None
