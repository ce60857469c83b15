"""Generation: one model writes completions for a batch of a round's prompts."""

from pathlib import Path

from jobs.models import Job
from labeling.completions import store_completions
from labeling.models import Prompt
from rounds.collecting.pending import open_ready_tasks, stop_waiting
from rounds.stages.base import Stage, folder_of, read_output, run_of, write_data
from training.generate.spec import GenerateSpec


class Generate(Stage):
    """Payload: {"prompts": [[prompt id, completions wanted], …]}."""

    name = "generate"

    def prepare(self, job: Job, folder: Path) -> GenerateSpec:
        """The prompts of the payload, in its order."""
        run = run_of(job)
        prompts = Prompt.objects.in_bulk([pk for pk, _ in job.payload["prompts"]])
        rows = (
            {"prompt_id": pk, "messages": prompts[pk].messages, "n": n}
            for pk, n in job.payload["prompts"]
        )
        write_data(folder, GenerateSpec, prompts=rows)
        return GenerateSpec(model=folder_of(run.source), **run.recipe)

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Store the completions, and open the tasks that have all of theirs."""
        run = run_of(job)
        rows = list(read_output(folder, GenerateSpec, "completions"))
        dropped = {pk for pk, _ in job.payload["prompts"]} - {row["prompt_id"] for row in rows}
        stop_waiting(round_=run.round, prompts=dropped)
        store_completions(
            project=run.round.project,
            rows=rows,
            version=run.source,
            sampling=run.recipe,
            round_number=run.round.number,
        )
        open_ready_tasks(round_=run.round)
