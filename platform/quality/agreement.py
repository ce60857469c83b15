"""How much people agree, for all of a kind, and by round, language, split and pair of people."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labeling.kinds.base import AnnotationKind
from measures import alpha, bootstrap
from measures.bootstrap import Floats
from quality.known import ENOUGH, PAIRS_SHOWN
from quality.sums import Clusters, Sums
from quality.tables import Block, Ints, blocks

STATISTICS = {
    "share": bootstrap.ratio,
    "mean": bootstrap.ratio,
    "chance": bootstrap.beyond_chance,
    "nominal": bootstrap.nominal,
    "ordinal": alpha.ordinal,
}
NOBODY = np.zeros(0, dtype=np.int64)


@dataclass
class Seen:
    """What the pairs of a kind belong to; of two people as one number, how many pairs they have."""

    kind: AnnotationKind
    clusters: Clusters = field(default_factory=lambda: Clusters(prompts=NOBODY))
    rounds: set[int] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    splits: set[str] = field(default_factory=set)
    people: Counter[int] = field(default_factory=Counter)

    def meet(self, block: Block) -> None:
        """Know of its pairs as well."""
        self.clusters.met(block)
        self.rounds.update(np.unique(block.key("round")).tolist())
        self.languages.add(block.language)
        self.splits.add(block.split)
        both, counts = np.unique(_both(block), return_counts=True)
        self.people.update(dict(zip(both.tolist(), counts.tolist(), strict=True)))


def look(project_id: int) -> dict[str, Seen]:
    """What there is of each kind that was answered twice and says how it agrees."""
    found: dict[str, Seen] = {}
    for block in blocks(project_id):
        found.setdefault(block.kind.name, Seen(block.kind)).meet(block)
    return dict(sorted(found.items()))


def groups(project_id: int, seen: dict[str, Seen]) -> list[dict[str, Any]]:
    """What the page of agreement shows."""
    every = {name: _Groups(of_kind) for name, of_kind in seen.items()}
    for block in blocks(project_id):
        every[block.kind.name].add(block)
    return [row for found in every.values() for row in found.rows()]


class _Groups:
    """The groups of a kind."""

    def __init__(self, seen: Seen) -> None:
        most = sorted(seen.people, key=lambda both: (-seen.people[both], both))[:PAIRS_SHOWN]
        self._seen, self._most = seen, most
        self._order = np.argsort(np.array(most, dtype=np.int64))
        self._values: dict[str, list[Any]] = {
            "all": [""],
            "round": sorted(seen.rounds),
            "language": sorted(seen.languages),
            "split": sorted(seen.splits),
            "people": [f"{both >> 32}-{both & 0xFFFFFFFF}" for both in most],
        }
        self._sums = {
            by: Sums(seen.kind, len(values), is_weighed=by != "people")
            for by, values in self._values.items()
        }

    def add(self, block: Block) -> None:
        clusters = self._seen.clusters.of(block)
        numbers = {
            "all": np.zeros(len(block), dtype=np.int64),
            "round": np.searchsorted(self._values["round"], block.key("round")),
            "language": np.full(len(block), self._values["language"].index(block.language)),
            "split": np.full(len(block), self._values["split"].index(block.split)),
            "people": places(_both(block), np.array(self._most, dtype=np.int64), self._order),
        }
        for by, sums in self._sums.items():
            sums.add(block, clusters, numbers[by])

    def rows(self) -> Iterator[dict[str, Any]]:
        for by, values in self._values.items():
            for number, value in enumerate(values):
                found = self._sums[by].of(number)
                yield figures(self._seen.kind, *found, by=by, value=str(value))


def _both(block: Block) -> Ints:
    """The two people of each pair as one number."""
    return (block.key("one") << 32) | block.key("other")


def places(keys: Ints, known: Ints, order: Ints) -> Ints:
    """The place of each key in `known`, which `order` sorts; -1 where it is not there."""
    if not len(known):
        return np.full(len(keys), -1)
    near = np.searchsorted(known, keys, sorter=order)
    found = order[np.minimum(near, len(known) - 1)]
    return np.where(known[found] == keys, found, -1)


def figures(
    kind: AnnotationKind, tasks: int, parts: Sequence[Floats], *, by: str, value: str
) -> dict[str, Any]:
    """The figures of a group with intervals; none for too few tasks."""
    found: dict[str, Any] = {"kind": kind.name, "by": by, "value": value, "tasks": tasks}
    told: dict[str, dict[str, float]] = {}
    if tasks >= ENOUGH:
        drawn = bootstrap.resampled(np.hstack(parts))
        ends = np.cumsum([part.shape[1] for part in parts])
        for figure, part, end in zip(kind.agreement, parts, ends, strict=True):
            own = drawn[:, end - part.shape[1] : end]
            made = bootstrap.estimate(part, own, STATISTICS[figure.form])
            if made is not None:
                low, high = made.low, made.high
                rounded = {"value": made.value, "low": low, "high": high}
                told[figure.name] = {key: round(number, 4) for key, number in rounded.items()}
    return found | {"figures": told}
