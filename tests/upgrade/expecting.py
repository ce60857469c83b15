"""Write down what an upgraded version has to give again; run by make_fixture.py."""

import json
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
from django.conf import settings
from django.test import Client

from jobs.models import Job
from labeling.models import Annotation
from registry.models import ModelVersion
from rounds.lineage import ancestors, models_trained_on
from rounds.models import Run, Snapshot

DATASETS = ("demonstrations", "preferences", "prompts", "rankings")


def expect(folder: Path) -> None:
    """Write down what the upgraded version has to give again."""
    out = folder / "expected"
    work = json.loads((out / "work.json").read_text())
    client = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {work['token']}"})
    for dataset in DATASETS:
        answer = client.get(f"/api/v1/projects/kitchen/exports/{dataset}.jsonl")
        assert answer.status_code == 200, answer.content
        (out / f"{dataset}.jsonl").write_bytes(answer.getvalue())
    states = {f"{run.pk} {run.stage}": run.job.state for run in Run.objects.order_by("pk")}
    paused = Run.objects.get(job__state=Job.State.QUEUED)
    assert any(paused.job.folder.glob("checkpoints/*")), states
    assert {"failed", "waiting"} < set(states.values()), states
    snapshots = {
        snapshot.sha256: {
            name: pq.read_table(settings.ARTIFACTS / snapshot.uri / name).num_rows
            for name in snapshot.manifest
        }
        for snapshot in Snapshot.objects.order_by("pk")
    }
    versions = ModelVersion.objects.order_by("pk")
    more = {
        "runs": states,
        "snapshots": snapshots,
        "ancestors": {str(v): [str(parent) for parent in ancestors(v)] for v in versions},
        "trained": {
            str(label.pk): [str(version) for version in models_trained_on(label)]
            for label in Annotation.objects.order_by("pk")
        },
    }
    text = json.dumps({**work, **more}, indent=1, ensure_ascii=False)
    (out / "work.json").write_text(text)
    strip(folder)


def strip(folder: Path) -> None:
    """Remove what is large and read by nobody: the base model's source, outputs of ended jobs."""
    shutil.rmtree(folder / "base")
    for path in (folder / "jobs").glob("*/output"):
        shutil.rmtree(path)


if __name__ == "__main__":
    expect(Path(sys.argv[2]))
