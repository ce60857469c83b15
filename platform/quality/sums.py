"""What pairs of answers add up to in groups, prompt by prompt: what intervals are made of.

It is as large as the groups are many, however many answers there are.
"""

from dataclasses import dataclass

import numpy as np

from labeling.kinds.base import AnnotationKind
from labeling.kinds.comparing import Figure
from measures.bootstrap import Floats
from quality.tables import Block, Ints

# Where there are more prompts, they are put into so many clusters at random: the interval is as
# wide, to some 2 % of its width, and soon computed.
CLUSTERS = 1000
MIXED = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: keys that follow each other lie far apart


@dataclass
class Clusters:
    """Which cluster a prompt is in. `prompts`: in order, as long as each is one by itself."""

    prompts: Ints | None

    def met(self, block: Block) -> None:
        """Know its prompts as well."""
        if self.prompts is not None:
            every = np.union1d(self.prompts, block.key("prompt"))
            self.prompts = every if len(every) <= CLUSTERS else None

    def of(self, block: Block) -> Ints:
        """The number of each pair's."""
        keys = block.key("prompt")
        if self.prompts is not None:
            return np.searchsorted(self.prompts, keys)
        mixed = keys.astype(np.uint64) * np.uint64(MIXED) >> np.uint64(40)
        return np.asarray(mixed % np.uint64(CLUSTERS), dtype=np.int64)


class Sums:
    """Those of one kind. is_weighed: each answer of a task weighs the same, Krippendorff's weights;
    else each pair does, as among two people.
    """

    def __init__(self, kind: AnnotationKind, groups: int, *, is_weighed: bool) -> None:
        self._is_weighed = is_weighed
        self._tasks = np.zeros(groups, dtype=np.int64)
        self._pairs = np.zeros(groups * CLUSTERS)
        self._parts = [np.zeros((_width(figure), len(self._pairs))) for figure in kind.agreement]

    def add(self, block: Block, clusters: Ints, *sides: Ints) -> None:
        """Add pairs to groups, by number, -1 for none; each side is a group of each pair."""
        _keys, tasks = np.unique(block.key("task"), return_inverse=True)
        seen = np.concatenate([side * len(block) + tasks for side in sides])
        met = np.unique(seen[np.concatenate(sides) >= 0]) // len(block)
        self._tasks += np.bincount(met, minlength=len(self._tasks))
        for side in sides:
            rows = np.flatnonzero(side >= 0)
            cells = side[rows] * CLUSTERS + clusters[rows]
            self._pairs += np.bincount(cells, minlength=len(self._pairs))
            answers = block.key("answers")[rows]
            for (figure, columns), part in zip(block.columns(), self._parts, strict=True):
                self._add(figure, part, cells, columns[rows], answers)

    def _add(
        self, figure: Figure, part: Floats, cells: Ints, columns: Floats, answers: Ints
    ) -> None:
        if figure.form == "ordinal":
            *values, answers = np.rint(columns).astype(np.int64).T
            for one, other in zip(values[::2], values[1::2], strict=True):
                told = (answers > 0) & (one >= 0)
                # Two people's answers are a unit of two values, each of which counts once.
                weights = 1 / (answers[told] - 1) if self._is_weighed else np.ones(told.sum())
                for first, second in ((one, other), (other, one)):  # how often which two meet
                    meeting = first[told] * figure.values + second[told]
                    _count(part, meeting, cells[told], weights)
            return
        weights = 2 / (answers - 1) if self._is_weighed else np.full(len(answers), 2.0)
        for number, column in enumerate(columns.T):
            part[number] += np.bincount(cells, weights * column, minlength=part.shape[1])

    def of(self, group: int) -> tuple[int, list[Floats]]:
        """How many tasks it has, and of each figure the sums of each cluster that has pairs."""
        own = slice(group * CLUSTERS, (group + 1) * CLUSTERS)
        filled = self._pairs[own] > 0
        return int(self._tasks[group]), [part[:, own][:, filled].T for part in self._parts]


def _width(figure: Figure) -> int:
    return figure.values**2 if figure.form == "ordinal" else figure.width


def _count(part: Floats, kinds: Ints, cells: Ints, weights: Floats) -> None:
    width = part.shape[1]
    part += np.bincount(kinds * width + cells, weights, minlength=part.size).reshape(part.shape)
