"""How often the intervals of raters' reliabilities hold the truth, and how wide they are.

    make bench-labels            # or python -m benchmarks.reliabilities --worlds 300

Worlds of 13 raters as the model of competence has them: ten of 0.95 to 0.99, two of 0.5, one of
0.1. Texts' worths are N(0, 1). A rater of reliability eta ranks |2 eta - 1| of the time by worth
(Plackett and Luce), from the worst to the best where eta < 1/2, else at random; so every pair
follows eta sigma(d) + (1 - eta) sigma(-d). Three rank each prompt. Writes
benchmarks/results/reliabilities.json.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from measures.competence import Answer, competence
from measures.intervals import wilson

RESULT = Path(__file__).with_name("results") / "reliabilities.json"
RATERS = {
    "good": [0.95, 0.96, 0.97, 0.98, 0.99] * 2,
    "random": [0.5] * 2,
    "inverted": [0.1],
}
OVERLAP = 3
Held = dict[str, list[tuple[bool, float]]]


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
    found = competence(list(answers_of(seed, texts=texts, each=each))).raters
    rater = 0
    rows: Held = defaultdict(list)
    for name, some in RATERS.items():
        for eta in some:
            estimate = found[rater]
            assert estimate is not None
            holds = estimate.low <= eta <= estimate.high
            rows[name].append((holds, estimate.high - estimate.low))
            rater += 1
    return rows


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=300)
    worlds = parser.parse_args().worlds
    result = []
    print("| texts | answers each | raters | intervals that hold the truth | mean width |")
    print("|---|---|---|---|---|")
    for texts in (2, 4):
        for each in (20, 50, 200):
            rows: Held = defaultdict(list)
            for seed in range(worlds):
                for name, some in held(seed, texts=texts, each=each).items():
                    rows[name] += some
            for name, some in rows.items():
                share, width = np.mean(some, axis=0).tolist()
                sure = wilson(share, len(some))
                row = {"texts": texts, "answers": each, "raters": name, "width": round(width, 3)}
                holds = [round(value, 4) for value in (share, sure.low, sure.high)]
                result.append({**row, "held": holds, "intervals": len(some)})
                print(
                    f"| {texts} | {each} | {name} | {share:.1%} ({sure.low:.1%} to {sure.high:.1%})"
                    f" | {width:.2f} |",
                    flush=True,
                )
    RESULT.write_text(json.dumps({"worlds": worlds, "rows": result}, indent=1) + "\n")


if __name__ == "__main__":
    main()
