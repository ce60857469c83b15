"""What an evaluation reads, and the rows that it becomes."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from registry.models import ModelVersion
from rounds.evaluation.against import against
from rounds.evaluation.outcome import paired, win_share
from rounds.lineage import base_of, sft_of
from rounds.models import Evaluation, EvaluationSample, Round, Run
from rounds.snapshots import read
from rounds.stages.evaluate.settings import SETTINGS
from rounds.stages.folder import (
    heldout_prompts,
    path_of,
    read_output,
    snapshot_of,
    spec_settings,
    write_data,
)
from training.evaluate.spec import EvaluateSpec


def prepare(run: Run, folder: Path) -> EvaluateSpec:
    """Held-out prompts and rankings only. Models go by their ids."""
    snapshot = snapshot_of(run)
    write_data(
        folder,
        EvaluateSpec,
        prompts=heldout_prompts(snapshot, run.recipe["prompts"]),
        rankings=read(snapshot, "rankings", split="heldout"),
    )
    sft, reference = sft_of(after(run)), reference_of(after(run))
    rival = rival_of(run)
    return EvaluateSpec(
        sft=path_of(sft) if sft not in {None, reference} else "",
        models={str(version.pk): path_of(version) for version in compared(run)},
        reference=path_of(reference),
        best_of_model=path_of(rival) if rival else "",
        reward_model=path_of(run.reward_model) if run.reward_model else "",
        second_reward_model=path_of(second) if (second := second_of(run)) else "",
        **spec_settings(run, SETTINGS),
    )


def complete(run: Run, folder: Path, result: dict[str, Any]) -> None:
    """Store numbers and texts."""
    Evaluation.objects.filter(run=run).delete()
    evaluation = Evaluation.objects.create(
        run=run,
        before=run.round.writer,
        after=after(run),
        reference=reference_of(after(run)),
        reward_model=run.reward_model,
        second_reward_model=second_of(run),
        metrics=result,
    )
    samples = [
        EvaluationSample(
            evaluation=evaluation,
            prompt_id=row["prompt_id"],
            model_version_id=int(row["model"]),
            text=row["text"].replace("\0", ""),
            tokens=row["tokens"],
            finish_reason=row["finish_reason"],
            reward=row["reward"],
            second_reward=row["second_reward"],
            kl=row["kl"],
        )
        for row in read_output(folder, EvaluateSpec, "samples")
    ]
    EvaluationSample.objects.bulk_create(samples)
    pairs = paired(samples, evaluation)
    for name, second in {"wins": False, "second_wins": True}.items():
        if wins := win_share(pairs, second=second):
            evaluation.metrics[name] = asdict(wins)
    if result.get("best_of") and (rival := rival_of(run)):
        rows = list(read_output(folder, EvaluateSpec, "best_of"))
        evaluation.metrics["against"] = {"version": rival.pk, **against(samples, rows, evaluation)}
    evaluation.save(update_fields=["metrics"])
    going_on = Round.objects.filter(pk=run.round_id).exclude(state__in=Round.OVER)
    going_on.update(state=Round.State.EVALUATED)


def after(run: Run) -> ModelVersion:
    """The model that is judged."""
    return run.source or run.round.writer


def rival_of(run: Run) -> ModelVersion | None:
    """The SFT model whose best texts a policy should beat; None where it is judged itself."""
    sft = sft_of(after(run))
    return sft if sft and sft != after(run) and run.reward_model else None


def second_of(run: Run) -> ModelVersion | None:
    """The second reward model; None too where its conversations are written in another way."""
    second = run.second_reward_model
    return second if second and second.template_hash == after(run).template_hash else None


def compared(run: Run) -> list[ModelVersion]:
    """The round's writer, what the round made of it, and the base model, each once."""
    found = [run.round.writer, reference_of(after(run)), after(run)]
    if run.recipe["include_base"]:
        found.insert(0, base_of(after(run)))
    return list({version.pk: version for version in found}.values())


def reference_of(version: ModelVersion) -> ModelVersion:
    """What a policy's training started from, and is measured against; else the model itself."""
    if version.kind == ModelVersion.Kind.POLICY and version.parent is not None:
        return version.parent
    return version
