"""What must not change a step of PPO, and what must stop it. The optimum has its own file."""

import copy
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from tests.training.random_reward import random_reward_model
from tests.training.threads import Threads, in_threads
from training import tiny
from training.artifacts import newest_verified, write_folder
from training.contract.manifest import verify
from training.errors import DivergedError, StoppedError
from training.folder import JobFolder
from training.models import load_policy
from training.ppo import step as ppo_step
from training.ppo import trainer as ppo
from training.ppo.spec import PPOSpec
from training.ppo.step import Policy
from training.processes import Alone, averages, permutation, seed_of
from training.rows import Rows, lower_states, trained
from training.sampling import Request, Sampling, sample

SPEC = PPOSpec(
    policy="", reward_model="", batch_size=12, minibatch_size=6, micro_batch_size=3, kl_coef=0.1,
    learning_rate=1e-3, value_learning_rate=1e-3, warmup_steps=0, max_new_tokens=9,
)  # fmt: skip


@pytest.fixture
def make_networks(tiny_folder) -> Callable[..., ppo_step.Networks]:
    """Fresh networks on the tiny model; the policy has moved a little from its reference."""

    def make(*, frozen_layers: int = 0, moved: bool = True) -> ppo_step.Networks:
        model, _ = tiny.make()
        reward, _ = random_reward_model(tiny_folder)
        reward.set_scale(gain=1.5, bias=-0.3)
        networks = ppo_step.make_networks(model, reward, frozen_layers=frozen_layers)
        if moved:
            generator = torch.Generator().manual_seed(5)
            with torch.no_grad():
                for parameter in networks.policy.parameters():
                    if parameter.requires_grad:
                        parameter += 1e-3 * torch.randn(parameter.shape, generator=generator)
        return networks

    return make


def drawn_rows(pad_id: int = 0) -> Rows:
    """12 prompts and responses of any length, with every kind of token in them."""
    generator = torch.Generator().manual_seed(0)

    def ids(most: int) -> list[int]:
        length = int(torch.randint(1, most, (1,), generator=generator))
        return torch.randint(0, 300, (length,), generator=generator).tolist()

    return Rows.of([ids(12) for _ in range(12)], [ids(10) for _ in range(12)], pad_id=pad_id)


FINISHED = torch.tensor([True, False, True] * 4)


def experience_of(
    networks: ppo_step.Networks, rows: Rows, spec: PPOSpec = SPEC
) -> ppo_step.Experience:
    return ppo_step.gather_experience(
        networks, rows, FINISHED, spec=spec, step=1, kl_coef=spec.kl_coef, processes=Alone()
    )


def gradient_of(
    networks: ppo_step.Networks, experience: ppo_step.Experience, spec: PPOSpec
) -> Tensor:
    """The gradient of one minibatch of all rows, policy and critic in one vector."""
    ppo_step.minibatch_gradients(
        networks, experience, torch.arange(len(experience.rows)), spec=spec, processes=Alone()
    )
    parameters = [*networks.policy.parameters(), *networks.critic.parameters()]
    flat = [parameter.grad.flatten() for parameter in parameters if parameter.grad is not None]
    for parameter in parameters:
        parameter.grad = None
    return torch.cat(flat)


def assert_close(one: Tensor, other: Tensor, *, tolerance: float = 1e-5) -> None:
    assert ((one - other).norm() / other.norm()).item() < tolerance


def test_the_pad_does_not_matter_even_where_it_is_a_real_token(make_networks):
    networks = make_networks()
    gradients = [
        gradient_of(networks, experience_of(networks, drawn_rows(pad_id)), SPEC)
        for pad_id in (0, 2, 77)
    ]

    assert torch.equal(gradients[0], gradients[1])
    assert torch.equal(gradients[0], gradients[2])


@pytest.mark.parametrize("size", [1, 5, 12])
def test_the_micro_batch_does_not_matter(make_networks, size):
    networks = make_networks()
    spec = replace(SPEC, micro_batch_size=size)

    expected = gradient_of(networks, experience_of(networks, drawn_rows()), SPEC)
    assert_close(gradient_of(networks, experience_of(networks, drawn_rows(), spec), spec), expected)


def test_the_order_of_the_rows_does_not_matter(make_networks, monkeypatch):
    networks, rows = make_networks(), drawn_rows()
    expected = gradient_of(networks, experience_of(networks, rows), SPEC)
    order = permutation(12, "any")

    monkeypatch.setitem(globals(), "FINISHED", FINISHED[order])
    shuffled = gradient_of(networks, experience_of(networks, rows.select(order)), SPEC)

    assert_close(shuffled, expected)


def test_a_row_among_others_is_worth_what_it_is_worth_alone(make_networks):
    networks, rows = make_networks(), drawn_rows()
    together = networks.policy.logits(rows).split(rows.response_lengths.tolist())

    for place in range(len(rows)):
        row = rows.select(torch.tensor([place]))
        torch.testing.assert_close(
            networks.policy.logits(row), together[place], rtol=1e-5, atol=1e-5
        )
        torch.testing.assert_close(
            networks.scorer.scores(row), networks.scorer.scores(rows)[place : place + 1]
        )


def test_a_kept_forward_gives_the_gradient_of_a_second_one(make_networks):
    spec = replace(SPEC, minibatch_size=12, micro_batch_size=12)
    networks = make_networks()
    experience = experience_of(networks, drawn_rows(), spec)
    (minibatch,) = ppo_step.minibatches(spec, Alone(), step=1, epoch=0)

    def gradients(forward: ppo_step.Forward | None) -> Tensor:
        networks.policy.zero_grad()
        ppo_step.minibatch_gradients(
            networks, experience, minibatch, spec=spec, processes=Alone(), forward=forward
        )
        return networks.policy.model.lm_head.weight.grad.clone()

    assert experience.forward is not None
    assert torch.equal(gradients(experience.forward), gradients(None))


def test_frozen_layers_change_nothing_but_what_is_trained(make_networks):
    rows = drawn_rows()
    plain, shared = make_networks(moved=False), make_networks(frozen_layers=1, moved=False)
    backbone = shared.policy.model.base_model
    with torch.no_grad():
        states = lower_states(backbone, rows.ids, frozen_layers=1)

    expected = experience_of(plain, rows)
    got = experience_of(shared, rows.with_states(states))

    assert shared.scorer.reads_states
    assert shared.scorer.backbone.layers[0] is backbone.layers[0]
    for name in ("logprobs", "ref_logprobs", "values", "scores", "advantages"):
        torch.testing.assert_close(getattr(got, name), getattr(expected, name))
    trained = {name for name, p in shared.policy.named_parameters() if p.requires_grad}
    assert not any("layers.0." in name or "embed" in name for name in trained)
    assert any("layers.1." in name for name in trained)


def test_a_reward_model_with_another_trunk_computes_its_own(make_networks, tiny_folder):
    model, _ = tiny.make()
    reward, _ = random_reward_model(tiny_folder)
    with torch.no_grad():
        reward.backbone.layers[0].mlp.up_proj.weight += 0.1
    rows = drawn_rows()
    expected = reward.scores(rows).detach()

    networks = ppo_step.make_networks(model, reward, frozen_layers=1)
    with torch.no_grad():
        states = lower_states(model.base_model, rows.ids, frozen_layers=1)

    assert not networks.scorer.reads_states
    torch.testing.assert_close(networks.scorer.scores(rows.with_states(states)), expected)


def test_the_critic_begins_as_the_reward_model_and_the_reference_as_the_policy(make_networks):
    networks, rows = make_networks(moved=False), drawn_rows()

    experience = experience_of(networks, rows)

    assert torch.equal(experience.logprobs, experience.ref_logprobs)
    whole = Rows(rows.ids, rows.lengths - 1, rows.lengths)  # the state before the last token
    before = Rows(rows.ids, rows.prompt_lengths, rows.lengths - 1)
    torch.testing.assert_close(networks.critic.values(whole), networks.scorer.scores(before))


def test_a_response_that_does_not_end_scores_no_more_than_the_fixed_value(make_networks):
    networks, rows = make_networks(), drawn_rows()
    plain = networks.scorer.scores(rows)
    spec = replace(SPEC, no_eos_score=float(plain.median()))

    scores = experience_of(networks, rows, spec).scores

    expected = torch.where(FINISHED, plain, plain.clamp(max=spec.no_eos_score))
    torch.testing.assert_close(scores, expected)
    assert not torch.allclose(scores, plain)


def test_the_log_says_what_a_hand_computes(make_networks):
    networks, rows = make_networks(), drawn_rows()
    experience = experience_of(networks, rows)

    stats = ppo_step.describe(experience, kl_coef=0.1, processes=Alone())

    kl = (experience.logprobs - experience.ref_logprobs).sum(1)  # both are 0 outside the mask
    assert stats["kl"] == pytest.approx(kl.mean().item())
    assert stats["score"] == pytest.approx(experience.scores.mean().item())
    assert stats["objective"] == pytest.approx((experience.scores - 0.1 * kl).mean().item())
    assert stats["length"] == pytest.approx(rows.response_lengths.float().mean().item())
    assert stats["eos_rate"] == pytest.approx(8 / 12)
    torch.testing.assert_close(experience.rewards.sum(1), experience.scores - 0.1 * kl)


def test_a_policy_that_went_too_far_ends_the_step(make_networks, monkeypatch):
    networks = make_networks()
    spec = replace(SPEC, learning_rate=0.1, inner_epochs=5)
    experience = experience_of(networks, drawn_rows(), spec)

    stats = ppo_step.update(
        networks, ppo_step.Optimisers.of(networks, spec), experience, spec=spec, step=1,
        processes=Alone(),
    )  # fmt: skip

    assert stats["updates"] == 1
    assert all(p.grad is None for p in networks.policy.parameters())


def test_an_update_that_begins_off_policy_is_refused(make_networks):
    networks = make_networks()
    experience = experience_of(networks, drawn_rows())
    with torch.no_grad():
        networks.policy.model.lm_head.weight += 0.01

    with pytest.raises(RuntimeError, match="off-policy"):
        ppo_step.update(
            networks, ppo_step.Optimisers.of(networks, SPEC), experience, spec=SPEC, step=1,
            processes=Alone(),
        )  # fmt: skip


@pytest.mark.parametrize("kl", [51.0, -51.0, float("nan"), float("inf")])
def test_an_exploded_kl_is_divergence(kl):
    with pytest.raises(DivergedError):
        ppo_step.check_health({"kl": kl, "kl_k3": 0.0}, step=3, spec=SPEC)


def test_a_policy_that_is_not_its_reference_in_step_0_is_a_bug():
    with pytest.raises(RuntimeError, match="step 0"):
        ppo_step.check_health({"kl": 0.0, "kl_k3": 1e-3}, step=0, spec=SPEC)


def test_a_loss_that_is_not_finite_is_divergence(make_networks):
    networks = make_networks()
    experience = experience_of(networks, drawn_rows())
    broken = replace(experience, advantages=experience.advantages * float("nan"))

    with pytest.raises(DivergedError):
        ppo_step.update(
            networks, ppo_step.Optimisers.of(networks, SPEC), broken, spec=SPEC, step=1,
            processes=Alone(),
        )  # fmt: skip


@dataclass(frozen=True)
class CountOf:
    """A score: how often the response says `token`."""

    token: int

    def scores(self, rows: Rows) -> Tensor:
        row, _ = rows.predicting()
        said = (rows.response_tokens() == self.token).float()
        return torch.zeros(len(rows)).index_add(0, row, said)


def step_of(networks: ppo_step.Networks, processes: Alone) -> tuple[Tensor, dict[str, float]]:
    """The policy and critic after one whole step on the rows that this process holds."""
    held = torch.tensor(ppo_step.rows_of(SPEC, processes, step=1))
    experience = ppo_step.gather_experience(
        networks, drawn_rows().select(held), FINISHED[held], spec=SPEC, step=1, kl_coef=0.1,
        processes=processes,
    )  # fmt: skip
    stats = ppo_step.describe(experience, kl_coef=0.1, processes=processes)
    optimisers = ppo_step.Optimisers(
        *(
            torch.optim.SGD(module.parameters(), lr=0.1)
            for module in (networks.policy, networks.critic)
        )
    )
    stats |= ppo_step.update(
        networks, optimisers, experience, spec=SPEC, step=1, processes=processes
    )
    modules = nn.ModuleList([networks.policy, networks.critic])
    return nn.utils.parameters_to_vector(modules.parameters()).detach(), stats


def test_the_number_of_processes_does_not_matter(make_networks):
    """Two threads with copies of the networks end where one process ends."""
    networks = make_networks()
    copies = [copy.deepcopy(networks) for _ in range(2)]
    start = nn.utils.parameters_to_vector(
        nn.ModuleList([networks.policy, networks.critic]).parameters()
    ).detach()
    expected, expected_stats = step_of(networks, Alone())

    results = in_threads(2, lambda processes: step_of(copies[processes.rank], processes))

    for moved, stats in results:
        assert_close(moved - start, expected - start, tolerance=1e-4)  # small moves of fp32
        assert stats == pytest.approx(expected_stats, rel=1e-4, abs=1e-6)


def test_each_row_is_held_once_and_each_minibatch_is_shared_evenly():
    halves = [Threads(rank, 2, threading.Barrier(2), []) for rank in range(2)]

    held = [ppo_step.rows_of(SPEC, half, step=4) for half in halves]
    shares = [ppo_step.minibatches(SPEC, half, step=4, epoch=0) for half in halves]

    assert sorted(held[0] + held[1]) == list(range(12))
    assert [[len(part) for part in share] for share in shares] == [[3, 3], [3, 3]]
    for epoch in range(3):
        rows = [
            held[rank][place]
            for rank, half in enumerate(halves)
            for part in ppo_step.minibatches(SPEC, half, step=4, epoch=epoch)
            for place in part.tolist()
        ]
        assert sorted(rows) == list(range(12))


def test_averages_weigh_each_sum_by_its_own_count():
    assert averages(Alone(), {"a": (6.0, 3), "b": (torch.tensor(1.0), 4)}) == {"a": 2.0, "b": 0.25}


# The stage as a process

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


def finish(process) -> None:
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output


def wait_for(path, process) -> None:
    while not path.exists():
        assert process.poll() is None, process.communicate()[0]


@pytest.mark.slow
def test_a_run_that_is_killed_and_stopped_ends_bit_equal_to_one_that_was_not(
    make_job, start_stage, stage_spec
):
    tables = {"prompts": PROMPTS, "samples": PROMPTS[:2]}
    whole = make_job(stage_spec, "whole", **tables)
    finish(start_stage("ppo", whole, OMP_NUM_THREADS="1"))

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
    finish(start_stage("ppo", cut, OMP_NUM_THREADS="1"))

    for name in ("model/model.safetensors", "checkpoints/step-4/state.safetensors"):
        assert (cut / name).read_bytes() == (whole / name).read_bytes()
    metrics = [
        {event["step"]: event["values"]["score"] for event in events_of(job, "metric")}
        for job in (cut, whole)
    ]
    assert metrics[0] == metrics[1]
    verify(whole / "model")
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


def parameters_of(run: ppo.PPORun) -> dict[str, Tensor]:
    found = trained(run.networks.policy).items()
    return {name: parameter.detach().clone() for name, parameter in found}


def move(run: ppo.PPORun, by: float) -> None:
    with torch.no_grad():
        for parameter in trained(run.networks.policy).values():
            parameter += by


def test_what_is_deployed_is_the_average_of_the_policies_with_its_own_numbers(make_job, stage_spec):
    with JobFolder(make_job(stage_spec, prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, stage_spec)
        start = parameters_of(run)
        move(run, 1e-3)
        run.average(0)  # decay 1/10
        move(run, 1e-3)
        run.average(1)  # decay 2/11
        run.finish()
        deployed = parameters_of(run)

    expected = 2 / 11 * 0.9e-3 + 9 / 11 * 2e-3
    for name, parameter in deployed.items():
        torch.testing.assert_close(parameter, start[name] + expected, rtol=0, atol=1e-6)
    saved, _ = load_policy(folder.model, dtype=torch.float32)
    for name, parameter in Policy(saved).named_parameters():
        if name in deployed:
            assert torch.equal(parameter, deployed[name])
    result = json.loads((folder.path / "result.json").read_text())
    assert result["steps"] == 6
    assert result["kl_k3"] > 0  # no step was taken: these are the deployed policy's own


def test_a_policy_that_the_last_update_has_ruined_is_not_deployed(make_job, stage_spec):
    spec = replace(stage_spec, max_kl=0.01)
    with JobFolder(make_job(spec, prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, spec)
        move(run, 0.5)
        run.average(0)

        with pytest.raises(DivergedError, match="in step 6"):
            run.finish()

    assert not folder.model.exists()


def test_a_sampler_that_is_not_the_policy_is_a_bug(make_job, stage_spec):
    with JobFolder(make_job(stage_spec, prompts=PROMPTS)) as folder:
        run = ppo.PPORun.of(folder, stage_spec)
        rollouts, experience, _ = run.experience(0)
        warmer = replace(rollouts, logprobs=rollouts.logprobs * 1.1)

        with pytest.raises(RuntimeError, match="the sampler's log-probabilities differ"):
            ppo.check_sampler(warmer, experience)


@pytest.mark.slow
def test_two_processes_end_where_one_does(make_job, start_stage, stage_spec):
    spec = replace(stage_spec, steps=2)
    alone = make_job(spec, "alone", prompts=PROMPTS)
    finish(start_stage("ppo", alone, OMP_NUM_THREADS="1"))

    together = make_job(spec, "together", prompts=PROMPTS)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    process = subprocess.run(
        [*launch, "-m", "training.ppo", str(together)],
        cwd=Path(ppo_step.__file__).parents[2],
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
def test_a_tiny_language_model_learns_to_say_a_word(tiny_folder):
    """Sampling, scoring and updating together: more and more sentences say "water"."""
    model, chat = tiny.make()
    (water,) = chat.completion(" water", finished=False)
    reward, _ = random_reward_model(tiny_folder)
    networks = replace(
        ppo_step.make_networks(model, reward, frozen_layers=0), scorer=CountOf(water)
    )
    spec = replace(
        SPEC, batch_size=64, minibatch_size=32, micro_batch_size=32, learning_rate=5e-3,
        kl_coef=0.05, gae_lambda=1.0, no_eos_score=10.0,
    )  # fmt: skip
    optimisers = ppo_step.Optimisers.of(networks, spec)
    prompt = chat.prompt(PROMPTS[0]["messages"])
    scores, kls = [], []
    for step in range(25):
        drawn = sample(
            model,
            [Request(prompt, [seed_of(step, row) for row in range(64)])],
            sampling=Sampling(max_new_tokens=9),
            eos_id=chat.eos_id,
            pad_id=chat.pad_id,
        )[0]
        rows = Rows.of([prompt] * 64, [one.ids for one in drawn], pad_id=chat.pad_id)
        experience = ppo_step.gather_experience(
            networks, rows, torch.tensor([one.finished for one in drawn]), spec=spec, step=step,
            kl_coef=spec.kl_coef, processes=Alone(),
        )  # fmt: skip
        stats = ppo_step.describe(experience, kl_coef=spec.kl_coef, processes=Alone())
        ppo_step.update(networks, optimisers, experience, spec=spec, step=step, processes=Alone())
        scores.append(stats["score"])
        kls.append(stats["kl"])

    assert scores[0] < 0.5
    assert scores[-1] > 3
    assert kls[0] == 0 < kls[-1]


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
