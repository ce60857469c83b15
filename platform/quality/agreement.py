"""How much people agree, for all of a kind, and by round, language, split and pair of people."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from measures import alpha, bootstrap
from measures.bootstrap import Floats
from quality.known import ENOUGH, PAIRS_SHOWN
from quality.tables import Ints, Mask, Table

STATISTICS = {
    "share": bootstrap.ratio,
    "mean": bootstrap.ratio,
    "chance": bootstrap.beyond_chance,
    "nominal": bootstrap.nominal,
    "ordinal": alpha.ordinal,
}
# Prompts beyond so many are taken together at random: the interval is as wide, and soon computed.
CLUSTERS = 10_000


def groups(table: Table) -> Iterator[dict[str, Any]]:
    """What the page of agreement shows of a kind.

    Each answer of a task weighs the same, however many there are: Krippendorff's weights.
    """
    everything = np.ones(len(table.sums), dtype=bool)
    yield group(table, everything, by="all", value="")
    for number in np.unique(rounds := table.key("round")):
        yield group(table, rounds == number, by="round", value=str(number))
    for by in ("language", "split"):
        for number in np.unique(column := table.key(by)):
            yield group(table, column == number, by=by, value=table.word(number))
    one, other = table.key("one"), table.key("other")
    both, counts = np.unique(np.stack([one, other]), axis=1, return_counts=True)
    for place in np.argsort(-counts, kind="stable")[:PAIRS_SHOWN]:
        first, second = both[:, place]
        mask = (one == first) & (other == second)
        yield group(table, mask, by="people", value=f"{first}-{second}", is_weighed=False)


def with_others(table: Table, person: int) -> dict[str, Any] | None:
    """What a person's answers of a kind have in common with others'; None where none met another's.

    Each pair of answers weighs the same.
    """
    mask = (table.key("one") == person) | (table.key("other") == person)
    if not mask.any():
        return None
    return group(table, mask, by="person", value=str(person), is_weighed=False)


def group(
    table: Table, mask: Mask, *, by: str, value: str, is_weighed: bool = True
) -> dict[str, Any]:
    """The figures of the pairs under `mask`, with intervals; none for too few tasks."""
    tasks = len(np.unique(table.key("task")[mask]))
    found: dict[str, Any] = {"kind": table.kind.name, "by": by, "value": value, "tasks": tasks}
    figures: dict[str, dict[str, float]] = {}
    if tasks >= ENOUGH:
        parts = _clusters(table, mask, is_weighed=is_weighed)
        drawn = bootstrap.resampled(np.hstack(parts))
        ends = np.cumsum([part.shape[1] for part in parts])
        for (figure, _), part, end in zip(table.columns(), parts, ends, strict=True):
            own = drawn[:, end - part.shape[1] : end]
            made = bootstrap.estimate(part, own, STATISTICS[figure.form])
            if made is not None:
                low, high = made.low, made.high
                rounded = {"value": made.value, "low": low, "high": high}
                figures[figure.name] = {key: round(number, 4) for key, number in rounded.items()}
    return found | {"figures": figures}


def _clusters(table: Table, mask: Mask, *, is_weighed: bool) -> list[Floats]:
    """Of each figure the sums of each prompt: its tasks share text, so they are drawn together."""
    _values, numbers = np.unique(table.key("prompt")[mask], return_inverse=True)
    numbers = numbers % CLUSTERS
    # Two people's answers are a unit of two values, each of which counts once.
    two = np.full(len(numbers), 2.0)
    weights = 2 / (table.key("answers")[mask] - 1) if is_weighed else two
    sums = table.sums[mask]
    parts = []
    for figure, columns in table.columns():
        if figure.form == "ordinal":
            one, other, answers = sums[:, columns].T
            told = answers > 0
            own = 1 / (answers[told] - 1) if is_weighed else two[told] / 2
            meeting = numbers[told], one[told], other[told]
            parts.append(_coincidences(*meeting, own, figure.values, numbers.max() + 1))
        else:
            some = (np.bincount(numbers, weights * column) for column in sums[:, columns].T)
            parts.append(np.stack(list(some), axis=1))
    return parts


def _coincidences(
    numbers: Ints, one: Floats, other: Floats, weights: Floats, values: int, clusters: int
) -> Floats:
    """How often which two values meet in each cluster (clusters, values * values), either way."""
    found = np.zeros(clusters * values**2)
    for first, second in ((one, other), (other, one)):
        cells = (numbers * values + first) * values + second
        found += np.bincount(cells.astype(np.intp), weights, minlength=len(found))
    return found.reshape(clusters, values**2)
