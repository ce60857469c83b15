"""Snapshots: frozen copies of the labels, which runs train on."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from api.auth import MANAGER
from api.exports.choosing import freeze_chosen
from api.exports.filters import Filters
from api.parts import name_of
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from labeling.models import Annotation
from rounds.models import Snapshot

router = Router(tags=["snapshots"])


class SnapshotOut(Schema):
    """What was frozen. sha256: of its content: the same labels give the same snapshot.

    counts: split -> table -> rows. filters: by which its labels were chosen, empty for all.
    """

    id: int
    sha256: str
    counts: dict[str, dict[str, int]]
    filters: dict[str, str]
    created_at: datetime


class SnapshotDetailsOut(SnapshotOut):
    """A snapshot, how many labels it holds, and the runs that worked on it, by their ids."""

    labels: int
    runs: list[int]


class FrozenLabelOut(Schema):
    """A label of a snapshot: who gave it, of which kind, to which prompt of which split."""

    id: int
    kind: str
    annotator: str
    prompt: int
    split: str
    round: int | None
    created_at: datetime


def snapshot_of(request: ApiRequest, pk: int) -> Snapshot:
    """That of the address."""
    return get_object_or_404(Snapshot, project=request.project, pk=pk)


def _out(row: Snapshot) -> dict[str, Any]:
    return {
        "id": row.pk,
        "sha256": row.sha256,
        "counts": row.counts,
        "filters": row.filters,
        "created_at": row.created_at,
    }


def _details_out(row: Snapshot) -> dict[str, Any]:
    runs = list(row.runs.order_by("pk").values_list("pk", flat=True))
    return {**_out(row), "labels": row.annotations.count(), "runs": runs}


def _label_out(label: Annotation) -> dict[str, Any]:
    return {
        "id": label.pk,
        "kind": label.kind,
        "annotator": name_of(label.annotator),
        "prompt": label.task.prompt_id,
        "split": label.task.prompt.split,
        "round": label.task.round_number,
        "created_at": label.created_at,
    }


@router.get(
    "/projects/{slug:slug}/snapshots",
    auth=MANAGER,
    response=Page[SnapshotOut],
    summary="List the snapshots",
)
def list_snapshots(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    return page_of(request.project.snapshots.all(), place, _out)


@router.post(
    "/projects/{slug:slug}/snapshots",
    auth=MANAGER,
    response={201: SnapshotDetailsOut},
    summary="Freeze the labels",
)
def freeze_labels(
    request: ApiRequest, slug: str, filters: Query[Filters]
) -> Status[dict[str, Any]]:
    """As a launch does. The one that is there already where labels and filters are the same.

    With filters only the labels that pass, and the prompts of their split and language; launches
    freeze all. `answers`, `pairs` and `ties` are filters of exports only.
    """
    frozen = freeze_chosen(project=request.project, filters=filters, by=request.user)
    return Status(201, _details_out(frozen))


@router.get(
    "/projects/{slug:slug}/snapshots/{int:pk}",
    auth=MANAGER,
    response=SnapshotDetailsOut,
    summary="One snapshot",
)
def read_snapshot(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """A snapshot never changes; its files are listed below it."""
    return _details_out(snapshot_of(request, pk))


@router.get(
    "/projects/{slug:slug}/snapshots/{int:pk}/labels",
    auth=MANAGER,
    response=Page[FrozenLabelOut],
    summary="List the labels of a snapshot",
)
def list_snapshot_labels(
    request: ApiRequest, slug: str, pk: int, place: Query[Place]
) -> dict[str, Any]:
    """The oldest first."""
    found = snapshot_of(request, pk).annotations.select_related("task__prompt", "annotator")
    return page_of(found, place, _label_out, newest_first=False)
