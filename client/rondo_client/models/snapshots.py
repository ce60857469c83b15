"""Models of snapshots. Written by scripts/client from the server's OpenAPI."""

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
