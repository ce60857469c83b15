"""Evaluation: the models before and after on held-out prompts, and the reward model on rankings."""

from pathlib import Path
from typing import Any

from jobs.models import Job
from registry.models import ModelVersion
from rounds.launching import chain
from rounds.models import Evaluation, EvaluationSample, Round, Run
from rounds.snapshots import read
from rounds.stages.base import (
    Stage,
    folder_of,
    read_output,
    resolve,
    run_of,
    snapshot_of,
    spec_settings,
    write_data,
)
from training.evaluate.spec import EvaluateSpec


class Evaluate(Stage):
    """Stores an Evaluation; models go by their ids."""

    name = "evaluate"

    def prepare(self, job: Job, folder: Path) -> EvaluateSpec:
        """Held-out prompts and rankings only."""
        run = run_of(job)
        resolve(run)
        snapshot = snapshot_of(run)
        prompts = sorted(
            read(snapshot, "prompts", split="heldout"), key=lambda row: str(row["sha256"])
        )
        write_data(
            folder,
            EvaluateSpec,
            prompts=prompts[: run.recipe["prompts"]],
            rankings=read(snapshot, "rankings", split="heldout"),
        )
        return EvaluateSpec(
            models={str(version.pk): folder_of(version) for version in compared(run)},
            reference=folder_of(reference_of(run)),
            reward_model=folder_of(run.reward_model) if run.reward_model else "",
            **spec_settings(run),
        )

    def complete(self, job: Job, folder: Path, result: dict[str, Any]) -> None:
        """Store numbers and texts. Run again (a retry), the later ones count."""
        run = run_of(job)
        Evaluation.objects.filter(run=run).delete()
        evaluation = Evaluation.objects.create(
            run=run,
            before=run.round.writer,
            after=chain.policy_of(run),
            reference=reference_of(run),
            reward_model=run.reward_model,
            metrics=result,
        )
        EvaluationSample.objects.bulk_create(
            EvaluationSample(
                evaluation=evaluation,
                prompt_id=row["prompt_id"],
                model_version_id=int(row["model"]),
                text=row["text"].replace("\0", ""),
                tokens=row["tokens"],
                finish_reason=row["finish_reason"],
                reward=row["reward"],
                kl=row["kl"],
            )
            for row in read_output(folder, EvaluateSpec, "samples")
        )
        Round.objects.filter(pk=run.round_id).exclude(state=Round.State.CLOSED).update(
            state=Round.State.EVALUATED
        )


def compared(run: Run) -> list[ModelVersion]:
    """The round's policy, what the round made of it, and the base model, each once."""
    after = chain.policy_of(run)
    found = [run.round.writer, reference_of(run), after]
    if run.recipe["include_base"]:
        found.insert(0, chain.base_of(after))
    return list({version.pk: version for version in found}.values())


def reference_of(run: Run) -> ModelVersion:
    """What PPO started from, and is measured against; of an SFT model, itself."""
    after = chain.policy_of(run)
    if after.kind == ModelVersion.Kind.POLICY and after.parent is not None:
        return after.parent
    return after
