"""A run as an answer."""

from datetime import datetime
from typing import Any

from ninja import Schema

from api.parts import JobOut, ModelPart, job_out, model_part, name_of
from api.routers.rounds import LeftOutOut, left_out_out
from rounds.left_out import left_out_of
from rounds.models import Evaluation, Run
from rounds.stages import get


class RunOut(Schema):
    """One stage of a round. settings: those that it was launched with.

    source: the model that it starts from, or evaluates. made: the one that it made. snapshot: the
    labels that it works on; null where it writes completions. half: of the prompts that it learns
    from, empty for all. ballot: the vote that it writes texts for.
    """

    id: int
    round: int
    stage: str
    job: JobOut
    settings: dict[str, Any]
    source: ModelPart | None
    reward_model: ModelPart | None
    second_reward_model: ModelPart | None
    made: ModelPart | None
    snapshot: int | None
    corpus: int | None
    half: str
    ballot: int | None
    launched_by: str
    created_at: datetime


class CurveOut(Schema):
    """What a curve means. low, high: its healthy range, where there is one."""

    name: str
    label: str
    hint: str
    low: float | None
    high: float | None


class RunDetailsOut(RunOut):
    """A run and what came of it. result: the figures at its end. left_out: what it could not use.

    curves: what those of its stage mean; a trainer may log others as well.
    """

    result: dict[str, Any]
    has_evaluation: bool
    left_out: list[LeftOutOut]
    curves: list[CurveOut]


def run_out(run: Run) -> dict[str, Any]:
    """As `RunOut`, of a run `with_parts`."""
    return {
        "id": run.pk,
        "round": run.round.number,
        "stage": run.stage,
        "job": job_out(run.job),
        "settings": run.recipe,
        "source": model_part(run.source),
        "reward_model": model_part(run.reward_model),
        "second_reward_model": model_part(run.second_reward_model),
        "made": model_part(getattr(run.job, "model_version", None)),
        "snapshot": run.snapshot_id,
        "corpus": run.corpus_id,
        "half": run.half,
        "ballot": run.ballot_id,
        "launched_by": name_of(run.launched_by),
        "created_at": run.created_at,
    }


def details_out(run: Run) -> dict[str, Any]:
    """As `RunDetailsOut`."""
    curves = [
        {**vars(curve), "label": str(curve.label), "hint": str(curve.hint)}
        for curve in get(run.stage).curves
    ]
    return {
        **run_out(run),
        "result": run.job.result,
        "has_evaluation": Evaluation.objects.filter(run=run).exists(),
        "left_out": [left_out_out(one) for one in left_out_of(run)],
        "curves": curves,
    }
