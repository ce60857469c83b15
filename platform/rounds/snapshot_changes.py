"""What changed between two snapshots of a project, label by label."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from labeling.models import Annotation
from rounds.models import Snapshot

HOLDS = Snapshot.annotations.through


@dataclass(frozen=True, kw_only=True)
class Group:
    """The labels of a kind and a split: only in the later, only in the earlier, in both."""

    kind: str
    split: str
    added: int
    removed: int
    kept: int


def labels(earlier: Snapshot, later: Snapshot) -> QuerySet[Any]:
    """Those of either, with whether it is in each: `was` in the earlier, `is_there` in the later.

    A label that was corrected is another one: removed as it was, added as it is.
    """
    held = HOLDS.objects.filter(annotation=OuterRef("pk"))
    was, is_there = (Exists(held.filter(snapshot=each)) for each in (earlier, later))
    found = Annotation.objects.filter(project=earlier.project_id)
    return found.annotate(was=was, is_there=is_there).filter(Q(was=True) | Q(is_there=True))


def changed(earlier: Snapshot, later: Snapshot) -> QuerySet[Any]:
    """Those that are in one of the two only."""
    return labels(earlier, later).exclude(was=True, is_there=True)


def groups(earlier: Snapshot, later: Snapshot) -> Iterator[Group]:
    """How many of each kind and split, in the order of their names."""
    rows = labels(earlier, later).order_by("kind", "split")
    counts: dict[tuple[str, str], Counter[str]] = {}
    each = rows.values_list("kind", "split", "was", "is_there")
    for kind, split, was, is_there, number in each.annotate(Count("pk")):
        change = "kept" if was and is_there else "added" if is_there else "removed"
        counts.setdefault((kind, split), Counter())[change] += number
    for (kind, split), found in counts.items():
        yield Group(
            kind=kind,
            split=split,
            added=found["added"],
            removed=found["removed"],
            kept=found["kept"],
        )
