"""Two processes learn what one does: each with whole models, and with a part of each (FSDP2).

Each is asked to stop in the middle, by a signal to one of the two, and goes on from what it kept.
"""

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from tests.training import together
from tests.training.conftest import wait_for, write_job
from tests.training.dpo.test_trainer import PROMPTS
from tests.training.dpo.test_trainer import spec_of as dpo_spec
from tests.training.ppo.setting import SPEC as PPO
from tests.training.random_reward import random_reward_model
from tests.training.reward.test_trainer import SPEC as REWARD
from tests.training.reward.test_trainer import rows
from tests.training.sft.test_trainer import EXAMPLES
from tests.training.sft.test_trainer import spec_of as sft_spec
from training.artifacts import newest_verified, write_folder
from training.contract.manifest import verify
from training.contract.spec import Spec
from training.folder import JobFolder

pytestmark = pytest.mark.slow
# Sums in another order, of which Adam makes a little more where gradients are small: of all that a
# step tells, and of each tensor of a model by its norm.
FIGURES, WEIGHTS = 1e-4, 1e-4
Specs = dict[str, tuple[Spec, dict[str, Any]]]


@pytest.fixture(scope="module")
def specs(tiny_folder: Path, tmp_path_factory: Any) -> Specs:
    """Of each stage: the two have unlike numbers of parts in most steps, one has none in some."""
    model, chat = random_reward_model(tiny_folder)
    scorer = tmp_path_factory.mktemp("models") / "scorer"
    write_folder(scorer, lambda to: model.save(to, chat))
    base = str(tiny_folder)
    rankings = {"train": rows(9), "heldout": rows(3, first=1000)}
    demonstrations = [row | {"prompt_id": n} for n, row in enumerate(EXAMPLES)]
    return {
        "sft": (
            sft_spec(
                tiny_folder, epochs=1, micro_batch_size=2, checkpoint_every=99, kept="reward",
                reward_model=str(scorer), max_new_tokens=6,
            ),
            {"train": EXAMPLES, "heldout": demonstrations[:3]},
        ),
        "reward": (
            replace(
                REWARD, model=base, frozen_layers=0, epochs=2, batch_size=4, checkpoint_every=99,
                micro_batch_tokens=64, scale_texts=2, max_new_tokens=6, learning_repeats=1,
            ),
            {**rankings, "demonstrations": demonstrations[:3], "prompts": PROMPTS[:3]},
        ),
        "dpo": (
            dpo_spec(tiny_folder, batch_size=4, checkpoint_every=99, micro_batch_tokens=128),
            {**rankings, "samples": PROMPTS[:3]},
        ),
        "ppo": (
            replace(
                PPO, policy=base, reward_model=str(scorer), steps=3, inner_epochs=2,
                micro_batch_size=1, checkpoint_every=99, sample_every=2, ptx_coef=0.1,
                kl_target=1.0,
            ),
            {"prompts": PROMPTS, "samples": PROMPTS[:2], "demonstrations": demonstrations[:5]},
        ),
    }  # fmt: skip


@pytest.fixture(scope="module")
def alone(specs: Specs, tmp_path_factory: Any) -> Callable[[str, int], Path]:
    """alone(stage, rank): the job of that stage as one process does it, once."""
    folder, done = tmp_path_factory.mktemp("alone"), {}

    def train(stage: str, rank: int) -> Path:
        if (stage, rank) not in done:
            spec, tables = specs[stage]
            path = write_job(folder / f"{stage}-{rank}", replace(spec, lora_rank=rank), **tables)
            done[stage, rank] = train_alone(stage, path)
        return done[stage, rank]

    return train


def train_alone(stage: str, path: Path) -> Path:
    with JobFolder(path) as folder:
        getattr(import_module(f"training.{stage}.trainer"), stage)(folder)
    return path


def figures_of(path: Path) -> dict[tuple[int, str], float]:
    """All that was told of steps, but for the time, and for what TRL means over micro-batches."""
    events = map(json.loads, (path / "events.jsonl").read_text().splitlines())
    told = [event["data"] for event in events if event["kind"] == "metric"]
    means = {"entropy", "token_accuracy"} if "token_accuracy" in told[1]["values"] else set()
    return {
        (one["step"], name): value
        for one in told
        for name, value in one["values"].items()
        if not name.startswith("seconds") and name not in means
    }


def numbers_in(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """All numbers of a result, by where they stand."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_in(inner, f"{name}/{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from numbers_in(inner, f"{name}/{place}")
    elif isinstance(value, float | int) and "seconds" not in name:
        yield name, value


def assert_same(one: Path, other: Path) -> None:
    """Curves, result and model are the same, as far as sums in another order are."""
    assert figures_of(one) == pytest.approx(figures_of(other), rel=FIGURES, abs=1e-5)
    results = [json.loads((path / "result.json").read_text()) for path in (one, other)]
    ours, theirs = (dict(numbers_in(result)) for result in results)
    assert ours == pytest.approx(theirs, rel=FIGURES, abs=1e-5)
    verify(one / "model")
    files = [path.relative_to(other) for path in (other / "model").rglob("*.safetensors")]
    assert files == [path.relative_to(one) for path in (one / "model").rglob("*.safetensors")]
    for name in files:
        expected = load_file(other / name)
        found = load_file(one / name)
        assert found.keys() == expected.keys()
        for key, tensor in found.items():
            gap = (tensor - expected[key]).norm()
            assert gap <= WEIGHTS * expected[key].norm() + 1e-7, (name, key, float(gap))


def shared_jobs(folder: Path, specs: Specs, rank: int) -> tuple[dict[str, Path], list[Any]]:
    """A job of each stage, and what processes do of it: they are stopped, and go on."""
    paths = {
        stage: write_job(folder / stage, replace(spec, lora_rank=rank), **tables)
        for stage, (spec, tables) in specs.items()
    }
    return paths, [(stage, path, stop) for stage, path in paths.items() for stop in (2, None)]


@pytest.mark.parametrize(("sharded", "rank"), [(False, 0), (True, 4)], ids=["whole", "parts-lora"])
def test_two_processes_learn_what_one_does_also_if_they_were_stopped(
    tmp_path, specs, alone, sharded, rank
):
    paths, jobs = shared_jobs(tmp_path, specs, rank)
    process = together.start(jobs, sharded=sharded)
    expected = {stage: alone(stage, rank) for stage in specs}  # meanwhile

    together.finish(process)

    for stage, path in paths.items():
        assert_same(path, expected[stage])


def test_models_in_parts_learn_are_kept_and_leave_as_whole_ones_do(tmp_path, specs, alone):
    """What they kept one process goes on from; bf16 is near; the launcher's stop reaches both."""
    paths, jobs = shared_jobs(tmp_path, specs, 0)
    ppo, tables = specs["ppo"]
    left = write_job(tmp_path / "left", ppo, **tables)
    half = write_job(tmp_path / "half", replace(ppo, precision="bf16"), **tables)
    reward, tables = specs["reward"]
    endless = write_job(tmp_path / "endless", replace(reward, epochs=10**5), **tables)
    jobs += [("ppo", left, 2), ("ppo", half, None), ("reward", endless, 10**6)]
    process = together.start(jobs, sharded=True)
    expected = {stage: alone(stage, 0) for stage in specs}  # meanwhile
    wait_for(endless / "events.jsonl", process, '"step": 3,')

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)

    for stage, path in paths.items():
        assert_same(path, expected[stage])
    judged = figures_of(expected["ppo"])[1, "judged"]
    assert figures_of(half)[1, "judged"] == pytest.approx(judged, abs=0.1)
    verify(half / "model")
    assert newest_verified(endless / "checkpoints") is not None
    assert not (endless / "result.json").exists()
    kept = newest_verified(left / "checkpoints")
    assert kept == left / "checkpoints" / "step-2"
    assert len(list((kept / "parts").glob("*.distcp"))) == 2
    assert_same(train_alone("ppo", left), expected["ppo"])
