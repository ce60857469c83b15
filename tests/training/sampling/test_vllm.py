"""A real vLLM samples, where RONDO_TEST_VLLM names a Python that has one (docs/engine.md)."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.training.conftest import ask
from tests.training.ppo.setting import SPEC
from tests.training.ppo.test_trainer import PROMPTS, events_of
from tests.training.random_reward import random_reward_model
from training import tiny
from training.artifacts import write_folder
from training.errors import BadInputError
from training.evaluate.spec import EvaluateSpec
from training.evaluate.trainer import evaluate
from training.folder import JobFolder
from training.generate.spec import GenerateSpec
from training.generate.trainer import generate
from training.models import load_policy
from training.ppo import trainer as ppo
from training.ppo.spec import ENGINE
from training.sampling import Request, Sampling, engine_of
from training.sampling.engines import There

PYTHON = os.environ.get("RONDO_TEST_VLLM", "")
pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON, reason="RONDO_TEST_VLLM names no Python with vLLM"),
]
PORT, KEY = 18765, "wise"
URL = f"http://127.0.0.1:{PORT}/v1"
OPTIONS = (
    "--dtype", "float32", "--max-model-len", "512", "--max-num-seqs", "32", "--enforce-eager",
    "--generation-config", "vllm", "--logprobs-mode", "processed_logprobs",
    "--enable-lora", "--max-lora-rank", "16", "--api-key", KEY, "--port", str(PORT),
)  # fmt: skip
SERVE = ("-m", "vllm.entrypoints.openai.api_server")
SECONDS = 300  # to start


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory):
    """The tiny model with heads of 32: vLLM's attention on a CPU knows none of 16."""
    return write(tmp_path_factory.mktemp("models") / "tiny")


def write(folder, *, seed=0):
    def make(to):
        tiny.write(to, seed=seed)
        config = json.loads((to / "config.json").read_text())
        heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32}
        (to / "config.json").write_text(json.dumps(config | heads))

    write_folder(folder, make)
    return folder


@contextmanager
def vllm(folder, log, *names, how=signal.SIGTERM):
    """It serves the model in `folder` within the block, which `how` ends."""
    environment = {
        **os.environ,
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
        "VLLM_SERVER_DEV_MODE": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_CPU_NUM_OF_RESERVED_CPU": "0",
        "VLLM_NO_USAGE_STATS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    environment.pop("PYTHONPATH", None)
    with log.open("ab") as said:
        process = subprocess.Popen(
            [PYTHON, *SERVE, "--model", str(folder), "--served-model-name", *names, *OPTIONS],
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        began = time.monotonic()
        while not answers():
            assert process.poll() is None, log.read_text()[-4000:]
            assert time.monotonic() - began < SECONDS, log.read_text()[-4000:]
            time.sleep(1)
        yield
    finally:
        os.killpg(process.pid, how)
        process.wait(60)


def answers():
    try:
        with urllib.request.urlopen(URL.replace("/v1", "/health"), timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def engine(tiny_folder, tmp_path_factory):
    with vllm(tiny_folder, tmp_path_factory.mktemp("vllm") / "log", "tiny", "rollouts"):
        yield


@pytest.fixture(autouse=True)
def named(monkeypatch):
    monkeypatch.setenv("RONDO_ENGINE_URL", URL)
    monkeypatch.setenv("RONDO_ENGINE_KEY", KEY)


@pytest.fixture
def spec(tiny_folder, tmp_path):
    model, chat = random_reward_model(tiny_folder)
    write_folder(tmp_path / "reward", lambda to: model.save(to, chat))
    return replace(
        SPEC, policy=str(tiny_folder), reward_model=str(tmp_path / "reward"), steps=3, lora_rank=4,
        learning_rate=0.01, sampler=ENGINE, temperature=0.8,
    )  # fmt: skip


def run(job):
    with JobFolder(job) as folder:
        ppo.ppo(folder)
    return [event["values"] for event in events_of(job, "metric")]


# First, since it has the port that the others' server keeps.
def test_a_run_outlives_a_server_that_is_killed(tiny_folder, make_job, start_stage, spec, tmp_path):
    """Its adapter is gone with it; the run waits, gives the policy once more and goes on."""
    job = make_job(spec, prompts=PROMPTS)
    with vllm(tiny_folder, tmp_path / "log", "tiny", how=signal.SIGKILL):
        process = start_stage("ppo", job, OMP_NUM_THREADS="1")
        told = job / "events.jsonl"
        while process.poll() is None and not (told.exists() and events_of(job, "metric")):
            time.sleep(0.1)
    with vllm(tiny_folder, tmp_path / "log", "tiny"):
        output, _ = process.communicate(timeout=600)

    assert process.returncode == 0, output
    assert [event["values"]["sampler_gap"] < 1e-3 for event in events_of(job, "metric")] == [
        True
    ] * spec.steps


def test_it_samples_of_the_model_and_repeats_itself(engine, tiny_folder):
    model, chat = load_policy(tiny_folder)
    prompts = [chat.prompt(ask(text)) for text in ("Hi", "Why?", "列出三个想法。")]
    said = []
    found = engine_of(str(tiny_folder), model, chat, prompts=prompts, log=said.append)
    assert isinstance(found, There), said
    requests = [Request(prompt, range(20)) for prompt in prompts]

    one, other = (found.sample(requests, sampling=Sampling(max_new_tokens=40)) for _ in range(2))

    assert [[s.ids for s in some] for some in one] == [[s.ids for s in some] for some in other]
    every = [sample for samples in one for sample in samples]
    assert {sample.finished for sample in every} == {True, False}
    assert all((sample.ids[-1] in chat.stop_ids) == sample.finished for sample in every)
    assert {token for sample in every for token in sample.ids} <= chat.drawable
    assert len({tuple(sample.ids) for sample in one[0]}) > 15
    [[greedy]], [[ours]] = (
        engine.sample(
            [Request(prompts[0], [0])], sampling=Sampling(max_new_tokens=20, temperature=0.0)
        )
        for engine in (found, engine_of("other", model, chat, prompts=prompts, log=said.append))
    )
    assert greedy.ids == ours.ids


def follow(job, spec):
    """PPO by its rollouts: they are those of the policy in each step, which moves."""
    metrics = run(job)

    assert len(metrics) == spec.steps
    assert max(values["sampler_gap"] for values in metrics) < 1e-3
    assert metrics[-1]["kl_k3"] > 1e-3


def test_rollouts_come_by_adapters_where_it_serves_the_policys_own_model(engine, make_job, spec):
    follow(make_job(spec, prompts=PROMPTS), spec)


def test_an_adapter_that_it_cannot_take_is_a_message(engine, make_job, spec):
    with pytest.raises(BadInputError, match=r"rank 32 .*did not take the policy"):
        run(make_job(replace(spec, lora_rank=32), prompts=PROMPTS))


def test_another_model_of_the_same_name_is_refused(engine, make_job, spec, tmp_path):
    model, chat = load_policy(write(tmp_path / "tiny", seed=1))
    with pytest.raises(BadInputError, match="serves something else as tiny"):
        engine_of(str(tmp_path / "tiny"), model, chat, prompts=[chat.prompt(ask("Hi"))], log=print)


def test_generation_and_evaluation_take_its_texts(engine, make_job, tiny_folder):
    prompts = [{"prompt_id": n, "messages": ask(f"Question {n}?"), "n": 2} for n in range(4)]
    model = str(tiny_folder)
    for spec, stage in (
        (GenerateSpec(model=model, max_new_tokens=24), generate),
        (EvaluateSpec(models={"one": model}, max_new_tokens=24), evaluate),
    ):
        job = make_job(spec, spec.stage, prompts=prompts)
        with JobFolder(job) as folder:
            stage(folder)
        assert f"the engine at {URL} samples" in (job / "events.jsonl").read_text()


# Last, since all that it serves has other weights from then on.
def test_rollouts_come_by_whole_weights_otherwise(engine, make_job, spec):
    spec = replace(spec, lora_rank=0, learning_rate=1e-3)
    follow(make_job(spec, prompts=PROMPTS), spec)
