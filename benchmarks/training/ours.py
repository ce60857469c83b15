"""Our side: the stages as users run them, each over a job's folder."""

import gc
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

from benchmarks.training.material import Texts, never_ends
from benchmarks.training.sizes import Sizes
from benchmarks.training.timing import best_of
from training import tables
from training.contract import files
from training.contract.spec import Spec
from training.folder import JobFolder
from training.models import load_chat, load_policy
from training.ppo.spec import OTHERS, PPOSpec
from training.reward.spec import RewardSpec
from training.sft.spec import SFTSpec

Told = Mapping[str, Any]
Found = dict[str, float]
PHASES = ("seconds_generate", "seconds_score", "seconds_update")
NEVER = 10**6  # steps between checkpoints


class Watched(JobFolder):
    """Counts what PPO holds when its second step is done, which takes a second of nobody's time."""

    held = 0

    def metric(self, step: int, values: Mapping[str, float | None]) -> None:
        super().metric(step, values)
        if step == 2 and "seconds_update" in values:
            self.held = held_bytes()


def held_bytes() -> int:
    """Of all tensors that there are, and of the gradients that those which learn get."""
    gc.collect()
    found = [one for one in gc.get_objects() if issubclass(type(one), torch.Tensor)]
    stored = {one.untyped_storage().data_ptr(): one.untyped_storage().nbytes() for one in found}
    learned = {id(one): one.nbytes for one in found if one.requires_grad and one.is_leaf}
    return sum(stored.values()) + sum(learned.values())


def job(stage: Callable[[JobFolder], None], spec: Spec, folder: Path, **rows: Any) -> Watched:
    spec.write(folder)
    (folder / "data").mkdir()
    for name, table in spec.data.items():
        tables.write(files.data(folder, name), rows.get(name, []), table)
    with Watched(folder) as watched:
        stage(watched)
    return watched


def steps_of(folder: Path) -> list[dict[str, Any]]:
    """What each step reported, and `at`: when."""
    events = map(json.loads, (folder / files.EVENTS).read_text().splitlines())
    steps = [event for event in events if event["kind"] == "metric"]
    return [step["data"]["values"] | {"at": step["seconds"]} for step in steps]


def precise(spec: type[Spec], told: Told) -> dict[str, Any]:
    """The precision asked for, where a stage has such a setting."""
    return {"precision": told["precision"]} if has(spec, "precision") else {}


def has(spec: type[Spec], name: str) -> bool:
    return any(field.name == name for field in fields(spec))


def reward(told: Told, sizes: Sizes) -> Found:
    """Steps on rankings of `k` completions."""
    from training.reward.trainer import reward as stage

    k, folder = told["k"], Path(told["scratch"]) / "job"
    count = dict(sizes.rankings)[k]
    rows = Texts(load_chat(Path(told["model"]))).rankings(count * sizes.reward_steps, k, sizes)
    spec = RewardSpec(
        model=told["model"], batch_size=count, checkpoint_every=NEVER, **precise(RewardSpec, told)
    )
    job(stage, spec, folder, train=rows)
    steps = [step for step in steps_of(folder) if "seconds" in step]
    return {"seconds": min(step["seconds"] for step in steps[1:]), "rankings": count}


def ppo(told: Told, sizes: Sizes) -> Found:
    """Steps of PPO; `how`: equal to the peer's settings, the product's for CPUs, or with LoRA."""
    from training.ppo.trainer import ppo as stage

    never_ends()
    folder, how, count = Path(told["scratch"]) / "job", told["how"], sizes.rollouts
    settings: dict[str, Any] = {
        "batch_size": count,
        "minibatch_size": count,
        "micro_batch_size": count,
        "inner_epochs": sizes.ppo_epochs,
    }
    if how == "default":  # as rounds/stages/ppo/settings.py has them
        settings = {
            "batch_size": 4 * count,
            "minibatch_size": 2 * count,
            "micro_batch_size": max(1, count // 2),
            "baseline": OTHERS,
            "rollouts_per_prompt": 4,
        }
    if how == "lora":
        settings |= {"lora_rank": sizes.lora_rank}
    spec = PPOSpec(
        policy=told["model"],
        reward_model=told["reward_lora" if how == "lora" else "reward_model"],
        steps=sizes.ppo_steps,
        max_new_tokens=sizes.rollout_new,
        checkpoint_every=NEVER,
        sample_every=NEVER,
        **settings,
        **precise(PPOSpec, told),
    )
    texts = Texts(load_chat(Path(told["model"])))
    watched = job(stage, spec, folder, prompts=texts.prompts(spec.batch_size, sizes.rollout_prompt))
    steps = [step for step in steps_of(folder) if "seconds_update" in step]
    expected = spec.inner_epochs * spec.batch_size // spec.minibatch_size
    if any(step["updates"] != expected for step in steps):
        raise SystemExit("a step of PPO ended its updates early: its time says nothing")
    best = min(steps[1:], key=lambda step: sum(step[phase] for phase in PHASES))
    return {
        "seconds": sum(best[phase] for phase in PHASES),
        **{phase.removeprefix("seconds_"): best[phase] for phase in PHASES},
        "rollouts": spec.batch_size,
        "held": watched.held,
    }


def generation(told: Told, sizes: Sizes) -> Found:
    """Several completions of one prompt."""
    from training.sampling import Request, Sampling, sample

    never_ends()
    model, chat = load_policy(told["model"])
    prompt = chat.prompt(Texts(chat).prompt(sizes.shared_prompt))
    requests, sampling = [Request(prompt, range(sizes.each))], Sampling(max_new_tokens=sizes.new)
    seconds = best_of(sizes.repeats, lambda: sample(model, requests, sampling=sampling, chat=chat))
    return {"seconds": seconds, "tokens": sizes.each * sizes.new}


def sft(told: Told, sizes: Sizes) -> Found:
    """The second of two epochs."""
    from training.sft.trainer import sft as stage

    folder, chat = Path(told["scratch"]) / "job", load_chat(Path(told["model"]))
    rows = Texts(chat).demonstrations(sizes)
    spec = SFTSpec(
        model=told["model"],
        epochs=2,
        batch_size=sizes.demonstrations_a_step,
        checkpoint_every=NEVER,
        **precise(SFTSpec, told),
    )
    job(stage, spec, folder, train=rows)
    ends = [step["at"] for step in steps_of(folder) if "loss" in step]
    return {"seconds": ends[-1] - ends[len(ends) // 2 - 1], "tokens": tokens_of(chat, rows)}


def tokens_of(chat: Any, rows: list[dict[str, Any]]) -> int:
    return sum(
        len(chat.prompt(row["messages"])) + len(chat.completion(row["completion"], True))
        for row in rows
    )


SIDE = {"reward": reward, "ppo": ppo, "generation": generation, "sft": sft}
