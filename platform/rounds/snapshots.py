"""Frozen copies of a project's labels: content-addressed Parquet files that never change.

    demonstrations.parquet  what people wrote, and what they corrected
    rankings.parquet        rankings, and corrections that changed something
    prompts.parquet         every prompt of the project

    filters.json            by what they were chosen, where not all are in it

The same labels give the same files, hence the same snapshot. Each row names its annotation, and
`Snapshot.annotations` names them all, so that one can ask both ways: which labels trained this
model, and what did this label train?
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from core.errors import MissingFilesError
from core.tables import ROWS_PER_GROUP, Row, read_rows, write_rows
from labeling.datasets import THEN
from labeling.given import Message, given, whole
from labeling.kinds import kinds
from labeling.models import Annotation, Completion, Preamble, Project, Prompt, Split
from quality.reliability import Weights
from registry import copies, freezing
from rounds import moved
from rounds.models import Snapshot
from rounds.queries import usable_annotations
from training.contract import manifest, tables
from training.contract.tables import Column, Table

KIND = "snapshots"
# Of the labels; the contract adds what its tables have beyond that.
LABEL = Table(
    {
        "annotation_id": tables.ANNOTATION_ID,
        "kind": Column("string", "the kind of annotation"),
        "prompt_id": tables.PROMPT_ID,
        "split": Column("string", "train or heldout: the prompt's"),
        "round": Column("int64", "the number of the round that asked"),
        "annotator": Column("string", "who gave it, by their id"),
        "is_chosen": Column("bool", "its prompt was chosen, not drawn at random", True),
        "messages": tables.MESSAGES,
    }
)
TABLES = {
    "demonstrations": LABEL
    | Table({"edited": Column("bool", "a model's completion, edited", True)})
    | tables.DEMONSTRATIONS,
    "rankings": LABEL | tables.RANKINGS,
    "prompts": Table(
        {
            "prompt_id": tables.PROMPT_ID,
            "sha256": Column("string", "of the conversation"),
            "split": Column("string", "train or heldout"),
            "language": Column("string", "a BCP 47 tag, or empty"),
            "use_case": Column("string", "as it was imported, or empty"),
            "messages": tables.MESSAGES,
            "given": tables.GIVEN,
        }
    ),
}
LABELS = ("demonstrations", "rankings")
FILTERS = "filters.json"  # beside the tables, where not all labels were frozen
# Snapshots never change: what these tables were called in those of version 0.1.
FORMER = {"demonstrations": "sft.parquet", "rankings": "reward.parquet"}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Some of the labels and prompts. filters: what they were chosen by, in words of the API."""

    filters: dict[str, str]
    labels: Callable[[QuerySet[Annotation]], QuerySet[Annotation]]
    prompts: Callable[[QuerySet[Prompt]], QuerySet[Prompt]]


ALL = Chosen(filters={}, labels=lambda found: found, prompts=lambda found: found)


def freeze(
    project: Project,
    *,
    preamble: Preamble | None = None,
    weights: Weights | None = None,
    chosen: Chosen = ALL,
) -> Snapshot:
    """The snapshot of the labels as they are now; the one there is when they are the same.

    preamble: what stands before the prompts that models are to write for; before those of labels
    stands what their writers were given. weights: how much each label counts that is trained on,
    where not all count alike. chosen: which of the labels; the filters are part of what is frozen,
    so that the same labels chosen otherwise are another snapshot.
    """
    counts: Row = {}

    def write(folder: Path) -> freezing.Files:
        files = _write_files(project, folder, preamble, weights, chosen)
        counts.update(_count(folder))
        return files

    sha256, files = freezing.freeze(KIND, write)
    return _store(project, sha256=sha256, files=files, counts=counts, filters=chosen.filters)


def root() -> Path:
    """Where the folders of snapshots lie."""
    return freezing.root(KIND)


def sweep() -> list[str]:
    """Remove what a killed `freeze` left half-written; the folders' names."""
    return freezing.sweep(KIND)


@transaction.atomic
def _store(
    project: Project, *, sha256: str, files: Row, counts: Row, filters: dict[str, str]
) -> Snapshot:
    snapshot, created = Snapshot.objects.get_or_create(
        project=project,
        sha256=sha256,
        defaults={
            "uri": f"{KIND}/{sha256}",
            "manifest": files,
            "counts": counts,
            "filters": filters,
        },
    )
    if created:
        link = Snapshot.annotations.through
        ids = {row["annotation_id"] for table in LABELS for row in read(snapshot, table)}
        link.objects.bulk_create(
            (link(snapshot_id=snapshot.pk, annotation_id=pk) for pk in sorted(ids)),
            batch_size=1000,
        )
    return snapshot


def read(snapshot: Snapshot, table: str, *, split: str | None = None) -> Iterator[Row]:
    """The rows of one of TABLES, in order; of one split only where it is given.

    Ids are those of rows here, also where the files were frozen on another server.
    """
    path = copies.fetch(snapshot.uri, snapshot.manifest) / file_of(snapshot, table)
    if not path.is_file():
        raise MissingFilesError(f"{snapshot} is not whole in {root()}: no {path.name}")
    rows = (row for row in read_rows(path, TABLES[table]) if split in {None, row["split"]})
    return moved.here(snapshot.moved, rows) if snapshot.moved else rows


def file_of(snapshot: Snapshot, table: str) -> str:
    """The name of the file of one of TABLES."""
    name = f"{table}.parquet"
    return name if name in snapshot.manifest else FORMER[table]


def _write_files(
    project: Project,
    folder: Path,
    preamble: Preamble | None,
    weights: Weights | None,
    chosen: Chosen,
) -> dict[str, Row]:
    """Write each file; {name: {sha256, size, rows}}."""
    labels = chosen.labels(usable_annotations(project))
    prompts = chosen.prompts(Prompt.objects.in_use().filter(project=project))
    sources = {table: _label_rows(project, labels, table, weights) for table in LABELS}
    sources["prompts"] = _prompt_rows(prompts, preamble.messages if preamble else [])
    files: dict[str, Row] = {}
    for table, rows in sources.items():
        path = folder / f"{table}.parquet"
        count = write_rows(path, rows, TABLES[table])
        files[path.name] = {**manifest.entry(path), "rows": count}
    if chosen.filters:
        path = folder / FILTERS
        path.write_text(json.dumps(chosen.filters, indent=2, sort_keys=True), encoding="utf-8")
        files[path.name] = {**manifest.entry(path), "rows": len(chosen.filters)}
    return files


def _label_rows(
    project: Project, labels: QuerySet[Annotation], table: str, weights: Weights | None
) -> Iterator[Row]:
    """What each of `labels`, by age, adds to `table`, as its kind says."""
    # In a fixed order, so that the same labels give the same file.
    completions = Prefetch("task__completions", Completion.objects.order_by("pk"))
    found = labels.select_related("task__prompt", "task__settings")
    preambles = dict(project.preambles.values_list("pk", "messages"))
    for item in found.prefetch_related(completions).order_by("pk").iterator(ROWS_PER_GROUP):
        kind, before = kinds()[item.kind], preambles.get(item.task.preamble_id or 0, [])
        for row in kind.training_rows(item).get(table, []):
            common, weight = _common(item, before, row.pop(THEN, [])), _weight(item, weights)
            yield {"edited": kind.edits, **row, **common, "weight": weight}


def _weight(annotation: Annotation, weights: Weights | None) -> float | None:
    """None for what is held out: reward models are measured by labels as they were given."""
    trains = annotation.task.prompt.split == Split.TRAIN
    return weights.of(annotation) if weights and trains else None


def _common(annotation: Annotation, preamble: Sequence[Message], then: Sequence[Message]) -> Row:
    prompt = annotation.task.prompt
    return {
        "annotation_id": annotation.pk,
        "kind": annotation.kind,
        "prompt_id": prompt.pk,
        "split": prompt.split,
        "round": annotation.task.round_number,
        "annotator": str(annotation.annotator_id),
        "is_chosen": annotation.task.is_chosen,
        "messages": [*_messages(preamble, prompt), *then],
        "given": whole(preamble, prompt.given, then) or None,
    }


def _prompt_rows(prompts: QuerySet[Prompt], preamble: Sequence[Message]) -> Iterator[Row]:
    for prompt in prompts.order_by("pk").iterator(ROWS_PER_GROUP):
        yield {
            "prompt_id": prompt.pk,
            "sha256": prompt.sha256,
            "split": prompt.split,
            "language": prompt.language,
            "use_case": prompt.use_case,
            "messages": _messages(preamble, prompt),
            "given": whole(preamble, prompt.given) or None,
        }


def _messages(preamble: Sequence[Message], prompt: Prompt) -> list[Row]:
    messages = given(preamble, prompt.messages)
    return [{"role": m["role"], "content": m["content"]} for m in messages]


def _count(folder: Path) -> Row:
    """{"train": {"demonstrations": 40, "rankings": 60, "prompts": 80}, "heldout": {…}}."""
    import pyarrow.parquet as pq  # noqa: PLC0415  see core.tables

    counts = {split: dict.fromkeys(TABLES, 0) for split in Split.values}
    for name in TABLES:
        for split in pq.read_table(folder / f"{name}.parquet", columns=["split"])["split"]:
            counts[split.as_py()][name] += 1
    return counts
