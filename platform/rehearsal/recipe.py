"""What a rehearsal asks for and how it trains: small enough for two CPU cores and half an hour.

The trainers' defaults stay those of the pages (`rounds.launching.recipes`); this is one recipe
among others, written into report.json. Two things differ from InstructGPT by intent: temperature
0.7 throughout, since a model of 135M parameters babbles at 1 (rollouts, references and KL use it
alike), and few, large steps with a higher KL coefficient, since hours are not at hand.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from labeling.kinds.simulation import Habits
from training.ppo.spec import OTHERS

Stages = dict[str, dict[str, Any]]
SAMPLING = ("temperature", "max_new_tokens")


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """first, later: settings of the stages of round 1 and of the others. plan: what rounds ask.

    rankings: how many round 1 and each later one ask for. The first teaches the reward model most;
    later ones tell it of the new policy.
    """

    plan: dict[str, Any]
    rankings: tuple[int, int]
    demonstrations: int
    first: Stages
    later: Stages
    habits: Habits = field(default_factory=Habits)

    def plan_of(self, number: int) -> dict[str, Any]:
        """What round `number` asks for."""
        return {**self.plan, "tasks": {"ranking": self.rankings[0 if number == 1 else 1]}}

    def stages(self, number: int) -> Stages:
        """The settings of the stages that round `number` runs, in order."""
        return self.first if number == 1 else self.later


def weighed(settings: Stages, by_reliability: bool) -> Stages:
    """The settings with labels weighed where rankings are learned, or not."""
    return {
        name: {**values, "weighing": by_reliability} if name in {"reward", "dpo"} else values
        for name, values in settings.items()
    }


def by_dpo(rehearsal: Rehearsal, **dpo: Any) -> Rehearsal:
    """The same labels, of which DPO makes the policy in the place of reward model and PPO."""

    def instead(stages: Stages) -> Stages:
        found: Stages = {}
        for name, values in stages.items():
            if name == "ppo":
                shared = {key: values[key] for key in SAMPLING}
                found["dpo"] = {**shared, **dpo}
            elif name != "reward":
                found[name] = values
        return found

    return replace(rehearsal, first=instead(rehearsal.first), later=instead(rehearsal.later))


def _rehearsal(
    *,
    plan: dict[str, Any],
    rankings: tuple[int, int],
    demonstrations: int,
    sft: Any,
    reward: Any,
    ppo: Any,
    ppo_steps: tuple[int, int],
    prompts: int,
    samples: int,
    habits: Habits,
) -> Rehearsal:
    """SFT in the first round only; every round the reward model, PPO and the evaluation."""
    first, later = ppo_steps
    shared = {name: plan[name] for name in SAMPLING}
    evaluate = {**shared, "prompts": prompts, "samples_per_prompt": samples}
    every: Stages = {"reward": reward, "ppo": {**shared, **ppo, "steps": later}}
    trained: Stages = {**every, "ppo": {**every["ppo"], "steps": first}}
    return Rehearsal(
        plan={"completions": {"ranking": 4}, "first_batch": 0, **plan},
        rankings=rankings,
        demonstrations=demonstrations,
        first={"sft": sft, **trained, "evaluate": {**evaluate, "include_base": True}},
        # The base model answers the same prompts with the same seeds again: once is enough.
        later={**every, "evaluate": {**evaluate, "include_base": False}},
        habits=habits,
    )


SMOLLM2 = _rehearsal(
    plan={"temperature": 0.7, "max_new_tokens": 32},
    rankings=(200, 160),
    demonstrations=60,
    sft={"epochs": 1, "learning_rate": 1e-5, "batch_size": 8, "micro_batch_size": 8},
    reward={"epochs": 1, "learning_rate": 1e-4, "batch_size": 4},
    ppo={
        "batch_size": 64,
        "rollouts_per_prompt": 4,
        "baseline": OTHERS,  # in so few steps values stay a poor guess
        "minibatch_size": 32,
        "micro_batch_size": 32,
        "learning_rate": 2e-5,
        "kl_coef": 0.05,
        "warmup_steps": 2,
        "ema_decay": 0.0,
        "sample_every": 4,
        "checkpoint_every": 6,
    },
    ppo_steps=(12, 12),
    prompts=116,
    # As many as the best of them is taken of, which then costs nothing in the first round.
    samples=4,
    habits=Habits(),
)

TINY = _rehearsal(
    plan={"temperature": 1.0, "max_new_tokens": 16},
    rankings=(16, 16),
    demonstrations=16,
    sft={"epochs": 1, "learning_rate": 1e-3, "batch_size": 4, "micro_batch_size": 4},
    reward={"epochs": 1, "learning_rate": 1e-3, "batch_size": 4},
    ppo={
        "batch_size": 16,
        "minibatch_size": 8,
        "micro_batch_size": 8,
        "learning_rate": 1e-3,
        "value_learning_rate": 1e-3,
        "kl_coef": 0.05,
        "warmup_steps": 1,
        "ema_decay": 0.0,
        "checkpoint_every": 3,
    },
    ppo_steps=(3, 3),
    prompts=116,
    samples=2,
    # It writes noise, all of it bad: the least bad is then what it learns from.
    habits=Habits(unacceptable_below=-10.0, good_enough=-10.0),
)

# By the algorithm and the model; any model but the tiny one is trained as SmolLM2 is.
RECIPES = {
    "ppo": {"tiny": TINY, "smollm2": SMOLLM2},
    "dpo": {
        "tiny": by_dpo(TINY, epochs=2, learning_rate=1e-3, batch_size=4, beta=0.1),
        # As long as reward model and PPO take together.
        "smollm2": by_dpo(SMOLLM2, epochs=3, learning_rate=5e-5, batch_size=4, beta=0.1),
    },
}
