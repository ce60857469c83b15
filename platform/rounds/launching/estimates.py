"""How long a stage will take: operations over the speed that its last run had."""

from typing import Any

from registry.models import ModelVersion
from rounds.models import Run

STARTUP_SECONDS = 10.0  # loading torch, model and data
FIRST_GUESS = 50e9  # operations a second of a small machine; the first run replaces it
PROMPT_TOKENS, COMPLETION_TOKENS = 60, 90  # typical texts


class Examples:
    """How many of what a stage goes through."""

    def __init__(self, *, sft: int, reward: int, heldout_prompts: int, per_ranking: int) -> None:
        self.sft, self.reward = sft, reward
        self.heldout_prompts, self.per_ranking = heldout_prompts, per_ranking


def work(stage: str, recipe: dict[str, Any], *, model: ModelVersion, examples: Examples) -> float:
    """Operations: 2 a parameter and token to read, 4 more to learn."""
    parameters = float(model.parameters or 1)
    learned = 4 / 3 if recipe.get("frozen_layers") == -1 else 4
    match stage:
        case "sft":
            tokens = examples.sft * recipe["epochs"] * (PROMPT_TOKENS + COMPLETION_TOKENS)
            return float(6 * parameters * tokens)
        case "reward":
            row = PROMPT_TOKENS + examples.per_ranking * COMPLETION_TOKENS
            return float((2 + learned) * parameters * examples.reward * recipe["epochs"] * row)
        case "ppo":
            rollouts = recipe["steps"] * recipe["batch_size"]
            row = PROMPT_TOKENS + recipe["max_new_tokens"]
            # Sampling; policy, reference, value and reward read; policy and value learn.
            scored = (8 + 2 * recipe["inner_epochs"] * (2 + learned)) * row
            return float(parameters * rollouts * (2 * recipe["max_new_tokens"] + scored))
        case _:
            texts = min(recipe["prompts"], examples.heldout_prompts) * recipe["samples_per_prompt"]
            row = PROMPT_TOKENS + recipe["max_new_tokens"]
            return float(3 * parameters * texts * (2 * recipe["max_new_tokens"] + 6 * row))


def seconds(stage: str, operations: float) -> float:
    """The time that `operations` take, by the newest finished run of the stage."""
    return STARTUP_SECONDS + operations / speed(stage)


def speed(stage: str) -> float:
    """Operations a second."""
    last = Run.objects.succeeded().filter(stage=stage, work__gt=0).select_related("job")
    run = last.order_by("-pk").first()
    if run is None or run.job.started_at is None or run.job.finished_at is None:
        return FIRST_GUESS
    took = (run.job.finished_at - run.job.started_at).total_seconds() - STARTUP_SECONDS
    return run.work / max(took, 1.0)
