"""The pairs of answers of a kind as columns of numbers.

As objects the pairs of a million answers would take gigabytes.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.kinds.comparing import Figure
from measures.bootstrap import Floats
from quality.models import TaskAgreement

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
KEYS = [
    "task",
    "prompt",
    "round",
    "language",
    "split",
    "answers",
    "one",
    "other",
    "one_answer",
    "other_answer",
]
CHUNK = 2000


class Table:
    """All pairs of one kind. `sums` (pairs, columns) has the figures' sums side by side.

    Of an ordinal figure it has both values, and how many answers of the task have one: 0 for none.
    """

    def __init__(self, kind: AnnotationKind) -> None:
        self.kind = kind
        self._keys, self._sums = array("q"), array("d")
        self._words: list[str] = []  # languages and splits, by number

    def add(self, row: Mapping[str, Any]) -> None:
        """The pairs of a task."""
        numbers = [row[name] for name in ("task_id", "prompt_id", "round_number")]
        numbers += [self._number(row["language"]), self._number(row["split"]), row["answers"]]
        # How many answers say something of a figure, by the number of pairs in which both do.
        pairs = Counter(name for *_rest, sums in row["pairs"] for name in sums)
        told = {name: (1 + math.sqrt(1 + 8 * n)) / 2 for name, n in pairs.items()}
        for *people_and_answers, sums in row["pairs"]:
            self._keys.extend(numbers)
            self._keys.extend(people_and_answers)
            for figure in self.kind.agreement:
                some = sums.get(figure.name) or [0.0] * figure.width
                is_told = figure.form == "ordinal" and figure.name in sums
                self._sums.extend([*some, told[figure.name]] if is_told else some)

    def _number(self, word: str) -> int:
        if word not in self._words:
            self._words.append(word)
        return self._words.index(word)

    def key(self, name: str) -> Ints:
        """A column of KEYS."""
        keys = np.frombuffer(self._keys, dtype=np.int64).reshape(-1, len(KEYS))
        return np.asarray(keys[:, KEYS.index(name)])

    def word(self, number: int) -> str:
        """The language or split of that number."""
        return self._words[number]

    @property
    def sums(self) -> Floats:
        """(pairs, columns)."""
        width = sum(figure.width for figure in self.kind.agreement)
        return np.frombuffer(self._sums, dtype=np.float64).reshape(-1, width)

    def columns(self) -> Iterator[tuple[Figure, slice]]:
        """Each figure with its columns."""
        start = 0
        for figure in self.kind.agreement:
            yield figure, slice(start, start + figure.width)
            start += figure.width


def read(project_id: int) -> Iterable[Table]:
    """The tables of a project, one for each kind that was answered twice and says how it agrees."""
    found: dict[str, Table] = {}
    for row in TaskAgreement.objects.filter(project=project_id).values().iterator(CHUNK):
        if row["kind"] in kinds() and kinds()[row["kind"]].agreement:
            found.setdefault(row["kind"], Table(kinds()[row["kind"]])).add(row)
    return found.values()
