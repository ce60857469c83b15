"""What generation reads and writes."""

from pathlib import Path

from labeling.completions import store_completions
from labeling.human_texts import HumanText, written_for
from labeling.models import Completion, Prompt
from rounds.collecting.pending import open_ready_tasks, stop_waiting
from rounds.models import Run
from rounds.stages.folder import (
    path_of,
    preamble_of,
    prompt_row,
    read_output,
    spec_settings,
    write_data,
)
from rounds.stages.generate.settings import SETTINGS
from training.generate.spec import GenerateSpec


def prepare(run: Run, folder: Path) -> GenerateSpec:
    """The prompts of the job's payload, in its order."""
    wanted = run.job.payload["prompts"]
    prompts = Prompt.objects.in_bulk([pk for pk, _n in wanted])
    before = preamble_of(run)
    rows = ({**prompt_row(prompts[pk], before), "n": n} for pk, n in wanted)
    write_data(folder, GenerateSpec, prompts=rows)
    return GenerateSpec(model=path_of(run.source), **spec_settings(run, SETTINGS))


def complete(run: Run, folder: Path) -> None:
    """Store the completions, and open the tasks that have all of theirs."""
    rows = list(read_output(folder, GenerateSpec, "completions"))
    dropped = {pk for pk, _n in run.job.payload["prompts"]} - {row["prompt_id"] for row in rows}
    stop_waiting(round_=run.round, prompts=dropped)
    store_completions(
        project=run.round.project,
        rows=rows,
        version=run.source,
        sampling=run.recipe,
        round_number=run.round.number,
        beside=_human_texts(run) if run.job.payload.get("human_texts") else {},
    )
    open_ready_tasks(round_=run.round)


def _human_texts(run: Run) -> dict[int, HumanText]:
    """Those for the run's prompts; none for a prompt that has one in the round already."""
    asked, round_ = {pk for pk, _n in run.job.payload["prompts"]}, run.round
    there = Completion.objects.filter(
        prompt__in=asked, round_number=round_.number, answer__isnull=False
    )
    asked -= set(there.values_list("prompt", flat=True))
    return written_for(asked, project=round_.project, preamble=round_.preamble)
