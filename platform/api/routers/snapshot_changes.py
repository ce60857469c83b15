"""What changed between two snapshots."""

from dataclasses import asdict
from typing import Any

from ninja import Query, Router, Schema

from api.auth import MANAGER
from api.missing import in_words
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from core.errors import NotFoundError
from labeling.models import Annotation
from rounds import snapshot_changes
from rounds.models import Snapshot

router = Router(tags=["snapshots"])


class ChangesOut(Schema):
    """Of a kind and a split: labels only in the later, only in the earlier, and in both."""

    kind: str
    split: str
    added: int
    removed: int
    kept: int


class ComparedOut(Schema):
    """Two snapshots, by their ids, and how many labels changed, in all and by kind and split."""

    earlier: int
    later: int
    added: int
    removed: int
    kept: int
    groups: list[ChangesOut]


class ChangedLabelOut(Schema):
    """A label that is in one of the two only. change: added or removed."""

    id: int
    kind: str
    split: str
    round: int
    change: str


@router.get(
    "/projects/{slug:slug}/snapshots/{int:pk}/changes/{int:later}",
    auth=MANAGER,
    response=ComparedOut,
    summary="Compare two snapshots",
)
def compare_snapshots(request: ApiRequest, slug: str, pk: int, later: int) -> dict[str, Any]:
    """A label that was corrected is removed as it was and added as it is."""
    two = _two(request, pk, later)
    groups = [asdict(group) for group in snapshot_changes.groups(*two)]
    sums = {key: sum(row[key] for row in groups) for key in ("added", "removed", "kept")}
    return {"earlier": pk, "later": later, **sums, "groups": groups}


@router.get(
    "/projects/{slug:slug}/snapshots/{int:pk}/changes/{int:later}/labels",
    auth=MANAGER,
    response=Page[ChangedLabelOut],
    summary="List the labels that two snapshots differ in",
)
def list_changed_labels(
    request: ApiRequest, slug: str, pk: int, later: int, place: Query[Place]
) -> dict[str, Any]:
    """The oldest first."""
    found = snapshot_changes.changed(*_two(request, pk, later))
    return page_of(found, place, _label_out, newest_first=False)


def _label_out(label: Annotation) -> dict[str, Any]:
    return {
        "id": label.pk,
        "kind": label.kind,
        "split": label.split,
        "round": label.round_number,
        "change": "added" if label.is_there else "removed",  # type: ignore[attr-defined]
    }


def _two(request: ApiRequest, *keys: int) -> list[Snapshot]:
    found = Snapshot.objects.filter(project=request.project).in_bulk(keys)
    for pk in keys:
        if pk not in found:
            raise NotFoundError(in_words("snapshots", pk))
    return [found[pk] for pk in keys]
