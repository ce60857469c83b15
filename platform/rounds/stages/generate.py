"""Generation: one model writes completions for a batch of a round's prompts."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.models import Job
from labeling.completions import store_completions
from labeling.models import Prompt
from rounds.collecting.pending import open_ready_tasks, stop_waiting
from rounds.snapshots import write_rows
from rounds.stages.base import PROMPTS, Stage, folder_of, run_of
from training.generate.spec import GenerateSpec

SCHEMA = PROMPTS.append(pa.field("n", pa.int64()))


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
        write_rows(folder / "data/prompts.parquet", rows, SCHEMA)
        return GenerateSpec(model=folder_of(run.source), **run.recipe)

    def complete(self, job: Job, folder: Path, result: dict[str, object]) -> None:
        """Store the completions, and open the tasks that have all of theirs."""
        run = run_of(job)
        rows = pq.read_table(folder / "output/completions.parquet").to_pylist()
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
