"""What a choice reads, and the tasks that it becomes."""

from collections.abc import Iterable
from pathlib import Path
from statistics import fmean
from typing import Any

from labeling.models import Completion, Prompt
from measures.disagreement import disagreement
from rounds.collecting.pending import candidates, open_chosen
from rounds.models import Run
from rounds.stages.folder import path_of, preamble_of, prompt_row, read_output, write_data
from training.choose.spec import ChooseSpec


def prepare(run: Run, folder: Path) -> ChooseSpec:
    """The candidates of the job's payload that have all their completions, in its order."""
    payload = run.job.payload
    groups = candidates(run.round, payload["kind"], (pk for pk, _n in payload["prompts"]))
    prompts, before = Prompt.objects.in_bulk(groups), preamble_of(run)
    rows = (
        {
            **prompt_row(prompts[pk], before),
            "completions": [completion.text for completion in group],
            "finished": [c.finish_reason == Completion.FinishReason.STOP for c in group],
        }
        for pk, group in groups.items()
    )
    write_data(folder, ChooseSpec, candidates=rows)
    return ChooseSpec(
        reward_model=path_of(run.reward_model),
        second_reward_model=path_of(run.second_reward_model),
    )


def complete(run: Run, folder: Path, result: dict[str, Any]) -> None:
    """Open the tasks; `result`, which is stored with the run, gains what came of it."""
    payload = run.job.payload
    differ = {
        row["prompt_id"]: disagreement(row["rewards"], row["second_rewards"])
        for row in read_output(folder, ChooseSpec, "scores")
    }
    asked = open_chosen(
        round_=run.round,
        kind=payload["kind"],
        among=[pk for pk, _n in payload["prompts"]],
        score=differ,
        number=payload["tasks"],
    )
    result["asked"] = len(asked)
    result["differ_asked"] = _mean(differ[pk] for pk in asked)
    result["differ_others"] = _mean(differ[pk] for pk in differ.keys() - set(asked))


def _mean(values: Iterable[float]) -> float | None:
    found = sorted(values)
    return round(fmean(found), 4) if found else None
