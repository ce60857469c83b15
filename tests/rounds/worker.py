"""A worker without processes: it prepares, writes what a trainer would, completes."""

import json
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from core.tables import write_rows
from jobs import handlers
from jobs import services as jobs
from jobs.handlers import TrainingHandler
from jobs.models import Job
from rounds import stages
from rounds.models import Run
from training.contract import files, manifest
from training.contract.spec import Spec

Rows = list[dict[str, Any]]


def write_model(folder: Path, *, layers: int = 3, mark: str = "") -> Path:
    """A model folder of four numbers that the registry takes."""
    folder.mkdir(parents=True, exist_ok=True)
    header = json.dumps({"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    weights = struct.pack("<Q", len(header)) + header + struct.pack("<4f", 1, 2, 3, 4)
    (folder / "model.safetensors").write_bytes(weights)
    config = {"model_type": "llama", "num_hidden_layers": layers, "mark": mark}
    (folder / "config.json").write_text(json.dumps(config))
    manifest.write(folder, manifest.scan(folder))
    return folder


def start(run: Run) -> tuple[Job, Path, Spec]:
    """Claim the run's job and prepare its folder, whose tables are those that its spec states."""
    job = jobs.claim(job_id=run.job_id, worker="test")
    folder = settings.JOBS / str(job.pk)
    folder.mkdir(parents=True)
    spec = handler_of(run).prepare(job, folder)
    written = {path.stem: pq.read_schema(path) for path in folder.glob("data/*")}
    assert written == {name: table.schema(pa) for name, table in spec.data.items()}
    return job, folder, spec


def finish(
    run: Run, *, result: dict[str, Any] | None = None, **output: list[dict[str, Any]]
) -> Job:
    """Do the whole job. output: rows of output/<name>.parquet; trained stages get a model."""
    job, folder, spec = start(run)
    for name, rows in output.items():
        table = spec.output[name]
        whole = [{**dict.fromkeys(table.columns), **row} for row in rows]
        write_rows(files.output(folder, name), whole, table)
    if stages.get(run.stage).makes:
        write_model(folder / files.MODEL, mark=str(run.pk))
    answer = result or {}
    return jobs.succeed(
        job=job, result=answer, complete=lambda: handler_of(run).complete(job, folder, answer)
    )


def handler_of(run: Run) -> TrainingHandler:
    """The handler of the run's job."""
    handler = handlers.get(run.stage)
    assert isinstance(handler, TrainingHandler)
    return handler


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of data/<name>.parquet."""
    rows: list[dict[str, Any]] = pq.read_table(files.data(folder, name)).to_pylist()
    return rows
