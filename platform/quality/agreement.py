"""How much people agree, for all of a kind, and by round, language, split and pair of people."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from measures import bootstrap
from measures.bootstrap import Floats
from quality.known import ENOUGH, PAIRS_SHOWN
from quality.tables import Mask, Table

STATISTICS = {
    "share": bootstrap.ratio,
    "mean": bootstrap.ratio,
    "chance": bootstrap.beyond_chance,
    "nominal": bootstrap.nominal,
}
# Prompts beyond so many are taken together at random: the interval is as wide, and soon computed.
CLUSTERS = 10_000


def groups(table: Table) -> Iterator[dict[str, Any]]:
    """What the page of agreement shows of a kind.

    Each answer of a task weighs the same, however many there are: Krippendorff's weights.
    """
    weighed = table.sums * (2 / (table.key("answers") - 1))[:, None]
    everything = np.ones(len(weighed), dtype=bool)
    yield group(table, everything, weighed, by="all", value="")
    for number in np.unique(rounds := table.key("round")):
        yield group(table, rounds == number, weighed, by="round", value=str(number))
    for by in ("language", "split"):
        for number in np.unique(column := table.key(by)):
            yield group(table, column == number, weighed, by=by, value=table.word(number))
    one, other = table.key("one"), table.key("other")
    both, counts = np.unique(np.stack([one, other]), axis=1, return_counts=True)
    for place in np.argsort(-counts, kind="stable")[:PAIRS_SHOWN]:
        first, second = both[:, place]
        mask = (one == first) & (other == second)
        yield group(table, mask, table.sums, by="people", value=f"{first}-{second}")


def with_others(table: Table, person: int) -> dict[str, Any] | None:
    """What a person's answers of a kind have in common with others'; None where none met another's.

    Each pair of answers weighs the same.
    """
    mask = (table.key("one") == person) | (table.key("other") == person)
    return group(table, mask, table.sums, by="person", value=str(person)) if mask.any() else None


def group(table: Table, mask: Mask, sums: Floats, *, by: str, value: str) -> dict[str, Any]:
    """The figures of the pairs under `mask`, with intervals; none for too few tasks."""
    tasks = len(np.unique(table.key("task")[mask]))
    found: dict[str, Any] = {"kind": table.kind.name, "by": by, "value": value, "tasks": tasks}
    figures: dict[str, dict[str, float]] = {}
    if tasks >= ENOUGH:
        clusters = _clusters(table.key("prompt")[mask], sums[mask])
        drawn = bootstrap.resampled(clusters)
        for name, form, columns in table.columns():
            made = bootstrap.estimate(clusters[:, columns], drawn[:, columns], STATISTICS[form])
            if made is not None:
                low, high = made.low, made.high
                rounded = {"value": made.value, "low": low, "high": high}
                figures[name] = {key: round(number, 4) for key, number in rounded.items()}
    return found | {"figures": figures}


def _clusters(prompts: Any, sums: Floats) -> Floats:
    """The sums of each prompt: its tasks share text, so they are drawn together."""
    _values, numbers = np.unique(prompts, return_inverse=True)
    numbers = numbers % CLUSTERS
    columns = [np.bincount(numbers, weights=column) for column in sums.T]
    return np.stack(columns, axis=1)
