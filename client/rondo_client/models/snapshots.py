"""Models of snapshots. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class ChangedLabel(Received):
    """A label that is in one of the two only. change: added or removed."""

    id: int
    kind: str
    split: str
    round: int
    change: str


class Changes(Received):
    """Of a kind and a split: labels only in the later, only in the earlier, and in both."""

    kind: str
    split: str
    added: int
    removed: int
    kept: int


class Compared(Received):
    """Two snapshots, by their ids, and how many labels changed, in all and by kind and split."""

    earlier: int
    later: int
    added: int
    removed: int
    kept: int
    groups: list[Changes]


class FrozenLabel(Received):
    """A label of a snapshot: who gave it, of which kind, to which prompt of which split."""

    id: int
    kind: str
    annotator: str
    prompt: int
    split: str
    round: int | None
    created_at: datetime


class SnapshotDetails(Received):
    """A snapshot, how many labels it holds, and the runs that worked on it, by their ids."""

    id: int
    sha256: str
    counts: dict[str, dict[str, int]]
    filters: dict[str, str]
    created_at: datetime
    labels: int
    runs: list[int]


class Snapshot(Received):
    """What was frozen. sha256: of its content: the same labels give the same snapshot.

    counts: split -> table -> rows. filters: by which its labels were chosen, empty for all.
    """

    id: int
    sha256: str
    counts: dict[str, dict[str, int]]
    filters: dict[str, str]
    created_at: datetime
