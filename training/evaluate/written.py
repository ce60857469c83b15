"""What the models have written so far, summed up for each model."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from training.contract.tables import STOP
from training.folder import Row


def of_model(rows: list[Row], name: str) -> list[Row]:
    return [row for row in rows if row["model"] == name]


def summary(rows: list[Row]) -> dict[str, float | None]:
    """Means over a model's samples. distinct-n (Li et al. 2016) counts tokens, in any language."""
    measured = {}
    for name in ("reward", "second_reward", "kl", "kl_sft"):
        values = [row[name] for row in rows if row.get(name) is not None]
        measured[name] = fmean(values) if values else None
    return {
        "samples": len(rows),
        **measured,
        "length": fmean(row["tokens"] for row in rows),
        "eos_rate": fmean(row["finish_reason"] == STOP for row in rows),
        "distinct_1": distinct([[(token,) for token in row["ids"]] for row in rows]),
        "distinct_2": distinct([list(pairwise(row["ids"])) for row in rows]),
    }


def favourites(rows: list[Row]) -> list[Row]:
    """Of each prompt the text that the reward model scores highest; of several the first."""
    found: dict[int, Row] = {}
    for row in rows:
        best = found.setdefault(row["prompt_id"], row)
        if row["reward"] > best["reward"]:
            found[row["prompt_id"]] = row
    return list(found.values())


def distinct(ngrams: Sequence[Sequence[tuple[int, ...]]]) -> float | None:
    """Different n-grams over all n-grams of a model's samples together."""
    every = [gram for grams in ngrams for gram in grams]
    return len(set(every)) / len(every) if every else None
