"""How often the intervals of raters' reliabilities hold the truth, and how wide they are.

    make bench-labels            # or python -m benchmarks.reliabilities --worlds 300

Worlds of 13 raters as the model of competence has them: ten of 0.95 to 0.99, two of 0.5, one of
0.1. Texts' worths are N(0, 1). A rater of reliability eta ranks |2 eta - 1| of the time by worth
(Plackett and Luce), from the worst to the best where eta < 1/2, else at random; so every pair
follows eta sigma(d) + (1 - eta) sigma(-d). Three rank each prompt. Then the same raters, each alone
with gold tasks of four texts, where 1 pair in 20 of an attentive ranking is not in gold's order.
Writes benchmarks/results/reliabilities.json.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np

from measures.competence import SURE, Answer, Competence, competence
from measures.intervals import wilson

RESULT = Path(__file__).with_name("results") / "reliabilities.json"
RATERS = {
    "good": [0.95, 0.96, 0.97, 0.98, 0.99] * 2,
    "random": [0.5] * 2,
    "inverted": [0.1],
}
OVERLAP = 3
Held = dict[str, list[tuple[bool, float, float]]]


def answers_of(seed: int, *, texts: int, each: int) -> Iterator[Answer]:
    """Raters take turns; `each` rankings of so many texts by everybody."""
    draw = np.random.default_rng(seed)
    truth = np.array([eta for some in RATERS.values() for eta in some])
    turns = [rater for _ in range(each) for rater in draw.permutation(len(truth)).tolist()]
    for prompt in range(len(turns) // OVERLAP):
        worth = draw.normal(size=texts)
        chosen = list(dict.fromkeys(turns))[:OVERLAP]
        for rater in chosen:
            turns.remove(rater)
            order = np.argsort(-worth - draw.gumbel(size=texts))
            if draw.random() > abs(2 * truth[rater] - 1):
                order = draw.permutation(texts)
            order = order if truth[rater] >= 0.5 else order[::-1]
            places = {int(text): tier for tier, text in enumerate(order)}
            yield Answer(rater=rater, prompt=prompt, places=places)


def held(seed: int, *, texts: int, each: int) -> Held:
    """Of each sort of raters: whether each interval holds the truth, and how wide it is."""
    return _held(competence(list(answers_of(seed, texts=texts, each=each))))


def gold_of(seed: int, *, each: int) -> Iterator[Answer]:
    """What each rater makes of `each` gold tasks, whose right order is 0, 1, 2, 3."""
    draw = np.random.default_rng(seed)
    for rater, eta in enumerate(eta for some in RATERS.values() for eta in some):
        for prompt in range(each):
            order = [0, 1, 2, 3]
            if draw.random() < 6 * (1 - SURE):  # two neighbours, one of six pairs
                at = draw.integers(3)
                order[at], order[at + 1] = order[at + 1], order[at]
            order = order if eta >= 0.5 else order[::-1]
            if draw.random() > abs(2 * eta - 1):
                order = draw.permutation(4).tolist()
            places = {text: tier for tier, text in enumerate(order)}
            yield Answer(rater=rater, prompt=prompt, places=places)


def gold_held(seed: int, *, each: int) -> Held:
    """As `held`, from gold tasks alone."""
    right = {text: text for text in range(4)}
    answers = list(gold_of(seed, each=each))
    return _held(competence(answers, gold=dict.fromkeys(range(each), right)))


def _held(found: Competence) -> Held:
    rows: Held = defaultdict(list)
    raters = count()
    for name, some in RATERS.items():
        for eta in some:
            estimate = found.raters[next(raters)]
            assert estimate is not None
            holds = estimate.low <= eta <= estimate.high
            rows[name].append((holds, estimate.high - estimate.low, estimate.value))
    return rows


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=300)
    worlds = parser.parse_args().worlds
    print("| answers each | raters | intervals that hold the truth | mean width | mean value |")
    print("|---|---|---|---|---|")
    rows = []
    for texts in (2, 4):
        for each in (20, 50, 200):
            found = [held(seed, texts=texts, each=each) for seed in range(worlds)]
            rows += _rows(f"{each} of {texts} texts", found)
    for each in (5, 10, 20):
        rows += _rows(f"{each} gold", [gold_held(seed, each=each) for seed in range(worlds)])
    RESULT.write_text(json.dumps({"worlds": worlds, "rows": rows}, indent=1) + "\n")


def _rows(given: str, found: list[Held]) -> Iterator[dict[str, object]]:
    for name in RATERS:
        some = [row for world in found for row in world[name]]
        share, width, value = np.mean(some, axis=0).tolist()
        sure = wilson(share, len(some))
        print(
            f"| {given} | {name} | {share:.1%} ({sure.low:.1%} to {sure.high:.1%})"
            f" | {width:.2f} | {value:.2f} |",
            flush=True,
        )
        holds = [round(number, 4) for number in (share, sure.low, sure.high)]
        figures = {"width": round(width, 3), "value": round(value, 3), "held": holds}
        yield {"answers": given, "raters": name, **figures, "intervals": len(some)}


if __name__ == "__main__":
    main()
