"""The pairs of answers as columns of numbers: packed where a task is measured, read in blocks.

As objects the pairs of a million answers would take gigabytes, and minutes to read.
"""

import hashlib
import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.kinds.comparing import Figure
from labeling.models import Annotation
from measures.bootstrap import Floats

Ints = NDArray[np.int64]
Pair = Sequence[Any]  # person, person, answer, answer, and what their kind's `compare` gives
# Of each pair, before its sums; a number below 2^53 is exact.
KEYS = ["task", "prompt", "round", "answers", "one", "other", "one_at", "other_at"]
TASKS = 50_000  # in memory at once
BLOCK = """
WITH found AS MATERIALIZED (
  SELECT task_id, kind, language, split, packed FROM quality_taskagreement
  WHERE project_id = %s AND task_id > %s ORDER BY task_id LIMIT %s
)
SELECT kind, language, split, max(task_id), string_agg(packed, ''::bytea ORDER BY task_id)
FROM found GROUP BY kind, language, split ORDER BY kind, language, split
"""


def pack(answers: Sequence[Annotation], pairs: Sequence[Pair]) -> bytes:
    """The pairs of a task.

    Of an ordinal figure the values by twos, -1 beyond those there are, and how many answers of the
    task have some: 0 for none.
    """
    task = answers[0].task
    figures = kinds()[task.kind].agreement
    at = {answer.pk: answer.created_at.timestamp() for answer in answers}
    # How many answers say something of a figure, by the number of pairs in which both do.
    both = Counter(name for *_rest, sums in pairs for name in sums)
    told = {name: (1 + math.sqrt(1 + 8 * n)) / 2 for name, n in both.items()}
    numbers = array("d")
    for one, other, one_answer, other_answer, sums in pairs if figures else []:
        numbers.extend((task.pk, task.prompt_id, task.round_number, len(answers), one, other))
        numbers.extend((at[one_answer], at[other_answer]))
        for figure in figures:
            some = sums.get(figure.name) or [0.0] * figure.width
            if figure.form == "ordinal" and figure.name in sums:
                absent = [-1.0] * (figure.width - 1 - len(some))
                some = [*some, *absent, told[figure.name]]
            numbers.extend(some)
    return numbers.tobytes()


def form() -> str:
    """What the columns are: what was packed in another form is to be measured again."""
    columns = [
        (
            name,
            [(figure.name, figure.form, figure.values, figure.width) for figure in kind.agreement],
        )
        for name, kind in sorted(kinds().items())
    ]
    return hashlib.sha256(repr((KEYS, columns)).encode()).hexdigest()


class Block:
    """Pairs of one kind, language and split, by task; those of a task are all in one."""

    def __init__(self, kind: AnnotationKind, language: str, split: str, packed: bytes) -> None:
        self.kind, self.language, self.split = kind, language, split
        width = len(KEYS) + sum(figure.width for figure in kind.agreement)
        self._rows = np.frombuffer(packed, dtype=np.float64).reshape(-1, width)

    def __len__(self) -> int:
        return len(self._rows)

    def key(self, name: str) -> Ints:
        """A column of KEYS."""
        return self._rows[:, KEYS.index(name)].astype(np.int64)

    def columns(self) -> Iterator[tuple[Figure, Floats]]:
        """Each figure with what the pairs add to it, (pairs, width)."""
        start = len(KEYS)
        for figure in self.kind.agreement:
            yield figure, self._rows[:, start : start + figure.width]
            start += figure.width


def blocks(project_id: int) -> Iterator[Block]:
    """All pairs of a project, of kinds that say how their answers agree."""
    last = 0
    while found := _read(project_id, last):
        for name, language, split, _task, packed in found:
            if packed and name in kinds() and kinds()[name].agreement:
                yield Block(kinds()[name], language, split, bytes(packed))
        last = max(task for _kind, _language, _split, task, _packed in found)


def _read(project_id: int, beyond: int) -> list[tuple[str, str, str, int, memoryview]]:
    with connection.cursor() as cursor:
        cursor.execute(BLOCK, [project_id, beyond, TASKS])
        found: list[tuple[str, str, str, int, memoryview]] = cursor.fetchall()
    return found
