"""Frozen copies of a project's labels: content-addressed Parquet files that never change.

    sft.parquet      demonstrations and corrected texts
    reward.parquet   rankings, and corrections as comparisons
    prompts.parquet  every prompt of the project

The same labels give the same files, hence the same snapshot. Each row names its annotation, and
`Snapshot.annotations` names them all, so that one can ask both ways: which labels trained this
model, and what did this label train?
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch

from labeling.kinds import kinds
from labeling.models import Annotation, Completion, Project, Prompt
from registry.store import remove_leftovers
from rounds.models import Snapshot
from rounds.queries import usable_annotations

Row = dict[str, Any]
SFT, REWARD, PROMPTS = "sft.parquet", "reward.parquet", "prompts.parquet"
ROWS_PER_GROUP = 1000

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
COMMON = [
    ("annotation_id", pa.int64()),
    ("kind", pa.string()),
    ("prompt_id", pa.int64()),
    ("split", pa.string()),
    ("round", pa.int64()),
    ("annotator", pa.string()),
    ("messages", MESSAGES),
]
SCHEMAS: dict[str, pa.Schema] = {
    SFT: pa.schema([*COMMON, ("completion", pa.string())]),
    REWARD: pa.schema(
        [
            *COMMON,
            ("completions", pa.list_(pa.string())),
            ("finished", pa.list_(pa.bool_())),
            # Positions in `completions`, best tier first; the unacceptable ones are the last tier.
            ("tiers", pa.list_(pa.list_(pa.int64()))),
        ]
    ),
    PROMPTS: pa.schema(
        [
            ("prompt_id", pa.int64()),
            ("sha256", pa.string()),
            ("split", pa.string()),
            ("language", pa.string()),
            ("use_case", pa.string()),
            ("messages", MESSAGES),
        ]
    ),
}


def freeze(project: Project) -> Snapshot:
    """The snapshot of the labels as they are now; the one there is when they are the same."""
    folder = root() / f"tmp-{uuid.uuid4().hex}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        manifest = _write_files(project, folder)
        counts = _count(folder)
        text = json.dumps({"files": manifest}, indent=2, sort_keys=True)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        (folder / "MANIFEST.json").write_text(text, encoding="utf-8")
        _sync(folder)
        target = folder.with_name(sha256)
        if not target.exists():
            folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _store(project, sha256=sha256, manifest=manifest, counts=counts)


def root() -> Path:
    """Where the folders of snapshots lie."""
    return Path(settings.ARTIFACTS) / "snapshots"


def sweep() -> list[str]:
    """Remove what a killed `freeze` left half-written, after a day of grace; the folders' names."""
    return [folder.name for folder in remove_leftovers(root().glob("tmp-*"))]


@transaction.atomic
def _store(project: Project, *, sha256: str, manifest: Row, counts: Row) -> Snapshot:
    snapshot, created = Snapshot.objects.get_or_create(
        project=project,
        sha256=sha256,
        defaults={"uri": f"snapshots/{sha256}", "manifest": manifest, "counts": counts},
    )
    if created:
        link = Snapshot.annotations.through
        ids = {row["annotation_id"] for name in (SFT, REWARD) for row in read(snapshot, name)}
        link.objects.bulk_create(
            (link(snapshot_id=snapshot.pk, annotation_id=pk) for pk in sorted(ids)),
            batch_size=1000,
        )
    return snapshot


def read(snapshot: Snapshot, name: str, *, split: str | None = None) -> Iterator[Row]:
    """The rows of one file, in order; of one split only where it is given."""
    with pq.ParquetFile(settings.ARTIFACTS / snapshot.uri / name) as file:
        for batch in file.iter_batches(batch_size=ROWS_PER_GROUP):
            for row in batch.to_pylist():
                if split in {None, row["split"]}:
                    yield row


def write_rows(path: Path, rows: Iterable[Row], schema: pa.Schema) -> int:
    """Write the columns of `schema` as Parquet, in groups of constant size; how many rows."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    count = 0
    remaining = iter(rows)
    with pq.ParquetWriter(path, schema) as writer:
        while chunk := list(islice(remaining, ROWS_PER_GROUP)):
            writer.write_table(pa.Table.from_pylist(chunk, schema=schema))
            count += len(chunk)
    return count


def _write_files(project: Project, folder: Path) -> dict[str, Row]:
    """Write each file; {name: {sha256, size, rows}}."""
    sources = {
        SFT: _label_rows(project, "demonstrations"),
        REWARD: _label_rows(project, "rankings"),
        PROMPTS: _prompt_rows(project),
    }
    manifest: dict[str, Row] = {}
    for name, rows in sources.items():
        count = write_rows(folder / name, rows, SCHEMAS[name])
        with (folder / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = (folder / name).stat().st_size
        manifest[name] = {"sha256": digest, "size": size, "rows": count}
    return manifest


def _label_rows(project: Project, table: str) -> Iterator[Row]:
    """What each usable annotation, by age, adds to `table`, as its kind says."""
    # In a fixed order, so that the same labels give the same file.
    completions = Prefetch("task__completions", Completion.objects.order_by("pk"))
    found = usable_annotations(project).select_related("task__prompt")
    for item in found.prefetch_related(completions).order_by("pk").iterator(ROWS_PER_GROUP):
        for row in kinds()[item.kind].training_rows(item).get(table, []):
            yield {**row, **_common(item)}


def _common(annotation: Annotation) -> Row:
    prompt = annotation.task.prompt
    return {
        "annotation_id": annotation.pk,
        "kind": annotation.kind,
        "prompt_id": prompt.pk,
        "split": prompt.split,
        "round": annotation.task.round_number,
        "annotator": str(annotation.annotator_id),
        "messages": _messages(prompt),
    }


def _prompt_rows(project: Project) -> Iterator[Row]:
    for prompt in Prompt.objects.filter(project=project).order_by("pk").iterator(ROWS_PER_GROUP):
        yield {
            "prompt_id": prompt.pk,
            "sha256": prompt.sha256,
            "split": prompt.split,
            "language": prompt.language,
            "use_case": prompt.use_case,
            "messages": _messages(prompt),
        }


def _messages(prompt: Prompt) -> list[Row]:
    return [{"role": m["role"], "content": m["content"]} for m in prompt.messages]


def _count(folder: Path) -> Row:
    """{"train": {"sft": 40, "reward": 60, "prompts": 80}, "heldout": {…}}."""
    counts = {split: {"sft": 0, "reward": 0, "prompts": 0} for split in ("train", "heldout")}
    for name in SCHEMAS:
        for split in pq.read_table(folder / name, columns=["split"])["split"].to_pylist():
            counts[split][name.removesuffix(".parquet")] += 1
    return counts


def _sync(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
