"""The names of what lies in the folder of a training job.

job.json         the spec                                        worker, before each attempt
data/            the tables of the spec's `data`                 worker, before each attempt
events.jsonl     progress, metrics, log lines and samples        trainer, appended
checkpoints/     step-<n>/, each with a MANIFEST.json            trainer
trainer/         what it needs only while it works               trainer
model/           the trained model, with a MANIFEST.json         trainer
output/          the tables of the spec's `output`               trainer
result.json      the final numbers: the stage ended well         trainer, last
error.json       why it ended badly; error-<rank>.json of any but the main process
                 `said`: what the message was made of; `again`: run it again, it will not end so
process.json     who works on it: the machine and the process   worker, at each attempt
halvings         how often what is at a time was halved: memory ran out   trainer
lock             held by the main process while it works (flock)
"""

from pathlib import Path

JOB = "job.json"
EVENTS = "events.jsonl"
CHECKPOINTS = "checkpoints"
SCRATCH = "trainer"
MODEL = "model"
RESULT = "result.json"
HALVINGS = "halvings"
LOCK = "lock"
PROCESS = "process.json"

REPLYING = "reply"  # the phase of a process that has its model loaded and is asked on

# The environment variable with the process id of the worker: a trainer does not outlive it.
WORKER_PID = "RONDO_WORKER_PID"
# A server that may sample in place of the trainer, and its key.
ENGINE_URL, ENGINE_KEY = "RONDO_ENGINE_URL", "RONDO_ENGINE_KEY"
# Where curves are mirrored to: names of training/tracking.py, and TensorBoard's folder.
TRACKERS, TRACKERS_FOLDER = "RONDO_TRACKERS", "RONDO_TRACKERS_FOLDER"


def data(folder: Path, table: str) -> Path:
    """Where the input `table` of the job in `folder` lies."""
    return folder / "data" / f"{table}.parquet"


def output(folder: Path, table: str) -> Path:
    """Where the output `table` of the job in `folder` lies."""
    return folder / "output" / f"{table}.parquet"


def error(folder: Path, *, rank: int = 0) -> Path:
    """Where the process of this rank says why it ended badly; the main one has rank 0."""
    return folder / (f"error-{rank}.json" if rank else "error.json")


def errors(folder: Path) -> list[Path]:
    """What processes said, the main one first."""
    return [*folder.glob("error.json"), *sorted(folder.glob("error-*.json"))]
