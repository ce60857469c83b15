"""What the reward model reads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry.models import ModelVersion
from rounds.halves import rows_in
from rounds.lineage import made_in
from rounds.models import LearningCurve, Run
from rounds.snapshots import read
from rounds.stages.folder import first_prompts, path_of, snapshot_of, spec_settings, write_data
from rounds.stages.reward.settings import SCALE, SETTINGS
from training.reward.spec import RewardSpec


def prepare(run: Run, folder: Path) -> RewardSpec:
    """The rankings of both splits, and the demonstrations that set the zero of the score."""
    snapshot = snapshot_of(run)
    write_data(
        folder,
        RewardSpec,
        train=rows_in(run.half, run.round.project, read(snapshot, "rankings", split="train")),
        heldout=read(snapshot, "rankings", split="heldout"),
        demonstrations=read(snapshot, "demonstrations", split="train"),
        prompts=first_prompts(snapshot, run.recipe.get(SCALE, 0), split="train"),
    )
    asked = as_written(run) if run.recipe.get(SCALE) else {}
    return RewardSpec(model=path_of(run.source), **asked, **spec_settings(run, SETTINGS))


def as_written(run: Run) -> dict[str, Any]:
    """How PPO's starting point writes: the round's policy, unless the round made an SFT model."""
    round_, plan = run.round, run.round.plan
    goes_on = round_.writer.kind == ModelVersion.Kind.POLICY
    if goes_on and made_in(round_, ModelVersion.Kind.SFT) is None:
        return {"reference": path_of(round_.writer), **sampling_of(plan)}
    return sampling_of(plan)


def sampling_of(plan: Mapping[str, Any]) -> dict[str, Any]:
    """As the completions of the round were sampled."""
    return {name: plan[name] for name in ("temperature", "max_new_tokens") if name in plan}


def complete(run: Run, result: dict[str, Any]) -> None:
    """Store the learning curve, where there is one; it is fitted later (rounds.learning)."""
    if points := result.get("learning"):
        LearningCurve.objects.create(run=run, points=points, pairs=result["heldout"]["pairs"])
