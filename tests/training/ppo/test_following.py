"""PPO's rollouts by a server that gets the policy before each step."""

import copy
import json
from dataclasses import replace

import pytest
import torch

from tests.training.ppo.setting import SPEC
from tests.training.ppo.test_trainer import PROMPTS, events_of
from tests.training.random_reward import random_reward_model
from tests.training.sampling.stand_in import served
from training import tiny
from training.artifacts import write_folder
from training.errors import BadInputError
from training.folder import JobFolder
from training.models import load_policy
from training.ppo import trainer as ppo
from training.ppo.spec import ENGINE
from training.processes import seed_of
from training.sampling import server

STEPS = 3


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch):
    monkeypatch.setattr(server, "AGAIN", (0,))
    monkeypatch.setattr(server, "RESTART", ())


@pytest.fixture(scope="module")
def tiny_reward(tiny_folder, tmp_path_factory):
    model, chat = random_reward_model(tiny_folder)
    folder = tmp_path_factory.mktemp("models") / "reward"
    write_folder(folder, lambda to: model.save(to, chat))
    return folder


@pytest.fixture
def spec(tiny_folder, tiny_reward):
    return replace(
        SPEC, policy=str(tiny_folder), reward_model=str(tiny_reward), steps=STEPS, lora_rank=4,
        sample_every=2, sampler=ENGINE,
    )  # fmt: skip


@pytest.fixture
def serve(tiny_folder, monkeypatch):
    """serve(name) answers within its block, from a policy of its own."""

    def start(name="tiny", model=None, **how):
        policy, chat = load_policy(tiny_folder)
        monkeypatch.setattr(server, "SECONDS", 60)
        return named(served(model or policy, chat, {"id": name}, **how), monkeypatch)

    return start


class named:  # noqa: N801
    """The stand-in of `block`, named by RONDO_ENGINE_URL."""

    def __init__(self, block, monkeypatch):
        self.block, self.monkeypatch = block, monkeypatch

    def __enter__(self):
        stand_in = self.block.__enter__()
        self.monkeypatch.setenv("RONDO_ENGINE_URL", stand_in.url)
        return stand_in

    def __exit__(self, *error):
        self.block.__exit__(*error)


def run(job):
    with JobFolder(job) as folder:
        ppo.ppo(folder)
    return (job / "model/model.safetensors").read_bytes()


def gaps_of(job):
    return [event["values"]["sampler_gap"] for event in events_of(job, "metric")]


@pytest.mark.parametrize(("rank", "name"), [(4, "tiny"), (0, "rollouts"), (4, "rollouts")])
def test_a_server_that_follows_the_policy_makes_the_run_that_our_sampler_makes(
    make_job, spec, serve, rank, name
):
    spec = replace(spec, lora_rank=rank)
    own = make_job(replace(spec, sampler="own"), "own", prompts=PROMPTS)
    job = make_job(spec, "job", prompts=PROMPTS)
    with serve(name) as stand_in:
        asked = run(job)

    assert asked == run(own)
    assert max(gaps_of(job)) < 1e-4
    rollouts = [body for body in stand_in.asked if body["max_tokens"] == spec.max_new_tokens]
    told = {body["seed"] for body in rollouts}
    assert {seed_of(0, "rollout", s, row) for s in range(STEPS + 1) for row in range(12)} <= told
    key = "model" if name == "tiny" else "cache_salt"
    versions = list(dict.fromkeys(body[key] for body in rollouts))
    assert len(versions) == STEPS + 1  # each step's policy, and what is deployed
    gave = "load_lora_adapter" if name == "tiny" else "update_weight_version"
    assert [version for what, version in stand_in.told if what == gave] == versions
    assert stand_in.adapters == {}
    assert list((job / "trainer" / "engine").iterdir()) == []
    assert "nats a token from the policy" in (job / "events.jsonl").read_text()


def test_an_adapter_that_is_not_taken_is_found_by_its_log_probabilities(make_job, spec, serve):
    spec = replace(spec, learning_rate=0.02, steps=4)
    job = make_job(spec, prompts=PROMPTS)
    with serve() as stand_in:
        learn = stand_in.learn

        def stale(path, body):
            answer = learn(path, body)
            for name in stand_in.adapters:
                stand_in.adapters[name] = stand_in.model
            return answer

        stand_in.learn = stale
        with pytest.raises(BadInputError, match="samples of something else than the policy"):
            run(job)
    assert not (job / "model").exists()


@pytest.mark.parametrize("rank", [4, 0])
def test_another_model_is_refused_before_the_first_step(make_job, spec, serve, rank):
    job = make_job(replace(spec, lora_rank=rank), prompts=PROMPTS)
    other, _ = tiny.make(seed=1)
    with serve("other") as stand_in, pytest.raises(BadInputError, match="called rollouts"):
        run(job)
    assert stand_in.asked == []
    if rank:
        with (
            serve(model=other),
            pytest.raises(BadInputError, match=r"serves something else: .* nats a token"),
        ):
            run(job)
    assert events_of(job, "metric") == []


def test_a_server_of_another_temperature_is_told_what_to_start(make_job, spec, serve):
    job = make_job(replace(spec, temperature=0.7), prompts=PROMPTS)
    with serve() as stand_in:
        choice = stand_in.choice

        def raw(body):
            told = choice(body)
            ids = torch.tensor([[*body["prompt"], *told["token_ids"]]])
            with torch.no_grad():
                logits = stand_in.model(ids).logits[0, len(body["prompt"]) - 1 : -1]
            found = logits.log_softmax(-1).gather(-1, ids[0, len(body["prompt"]) :, None])[:, 0]
            told["logprobs"]["token_logprobs"] = found.tolist()
            return told

        stand_in.choice = raw
        with pytest.raises(BadInputError, match="--logprobs-mode processed_logprobs"):
            run(job)


def test_a_server_that_takes_no_adapters_is_told_what_to_start(make_job, spec, serve):
    job = make_job(spec, prompts=PROMPTS)
    with serve(learns=False), pytest.raises(BadInputError, match=r"did not take .*engine\.md"):
        run(job)


def test_without_a_server_the_run_says_what_to_choose(make_job, spec, monkeypatch):
    monkeypatch.delenv("RONDO_ENGINE_URL", raising=False)
    with pytest.raises(BadInputError, match="RONDO_ENGINE_URL names no server"):
        run(make_job(spec, prompts=PROMPTS))


@pytest.mark.parametrize(("rank", "name"), [(4, "tiny"), (0, "rollouts")])
def test_a_server_that_starts_again_is_given_the_policy_once_more(
    make_job, spec, serve, rank, name
):
    spec = replace(spec, lora_rank=rank, learning_rate=0.01)
    own = make_job(replace(spec, sampler="own"), "own", prompts=PROMPTS)
    job = make_job(spec, "job", prompts=PROMPTS)
    with serve(name) as stand_in:
        fresh, complete = copy.deepcopy(stand_in.model.state_dict()), stand_in.complete
        started_again = []

        def restart(body):
            if len(stand_in.asked) >= 40 and not started_again:
                started_again.append(True)
                stand_in.adapters.clear()
                stand_in.model.load_state_dict(fresh)
                stand_in.weights = "default"
            return complete(body)

        stand_in.complete = restart
        assert run(job) == run(own)
    assert "giving the policy once more" in (job / "events.jsonl").read_text()


def test_a_run_that_goes_on_takes_away_what_it_has_left(make_job, spec, serve):
    job = make_job(spec, prompts=PROMPTS)
    with serve() as stand_in:
        stand_in.adapters = {"rondo-job-0abcd-7": None, "rondo-jobs-1": stand_in.model}
        run(job)
        assert list(stand_in.adapters) == ["rondo-jobs-1"]


def test_the_gap_is_reported_of_our_own_sampler_too(make_job, spec):
    job = make_job(replace(spec, sampler="own", steps=1), prompts=PROMPTS)
    run(job)
    assert 0 <= gaps_of(job)[0] < 1e-4
    assert json.loads((job / "result.json").read_text())["sampler_gap"] < 1e-4
