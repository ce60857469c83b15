"""What the model of competence makes of raters whose reliability is known.

    make bench-labels            # or python -m benchmarks.raters --worlds 100

Ten good raters, two who rank at random and one who inverts; 200 prompts with 4 texts, 3 rankings
each. A text is 16 random numbers, its worth a hidden weighing of them; a good rater ranks by worth
and noise (Plackett and Luce), so that two of them agree on 72 % of pairs, as InstructGPT's labelers
did (72.6 %). A linear reward model learns from the pairs in four ways and is asked about the worth
of new texts. Writes benchmarks/results/raters.json.
"""

import argparse
import json
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from measures.competence import Answer, Competence, competence
from measures.orders import distance

RESULT = Path(__file__).with_name("results") / "raters.json"
GOOD, RANDOM, INVERTED = 1.6, 0.0, -1.6  # how much worth counts against noise
RATERS = (*[GOOD] * 10, RANDOM, RANDOM, INVERTED)
BAD = {10, 11, 12}
PROMPTS, OVERLAP, TEXTS, NUMBERS = 200, 3, 4, 16
NEW = 4000  # pairs of new texts
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class World:
    """texts (prompts, texts, numbers), the hidden weighing (numbers), what raters answered."""

    weighing: Floats
    texts: Floats
    answers: list[Answer]


@dataclass(frozen=True, kw_only=True)
class Label:
    """A pair as a reward model learns it. target: how likely the one ranked higher is better."""

    difference: Floats
    target: float = 1.0
    weight: float = 1.0


def make_world(seed: int, *, prompts: int = PROMPTS) -> World:
    """Raters take turns in random order, as where everybody labels about as much."""
    draw = np.random.default_rng(seed)
    weighing = draw.normal(size=NUMBERS)
    weighing /= np.linalg.norm(weighing)
    texts = draw.normal(size=(prompts, TEXTS, NUMBERS))
    answers: list[Answer] = []
    waiting: list[int] = []
    for prompt in range(prompts):
        chosen: list[int] = []
        while len(chosen) < OVERLAP:
            if not set(waiting) - set(chosen):
                waiting += draw.permutation(len(RATERS)).tolist()
            rater = next(rater for rater in waiting if rater not in chosen)
            waiting.remove(rater)
            chosen.append(rater)
        for rater in chosen:
            seen = RATERS[rater] * texts[prompt] @ weighing + draw.gumbel(size=TEXTS)
            places = {int(text): tier for tier, text in enumerate(np.argsort(-seen))}
            answers.append(Answer(rater=rater, prompt=prompt, places=places))
    return World(weighing=weighing, texts=texts, answers=answers)


def labels(world: World, found: Competence) -> dict[str, list[Label]]:
    """The same pairs, as the recipes take them."""

    def all_pairs(label: Callable[[Answer, int, int, Floats], Label]) -> list[Label]:
        return [
            label(answer, i, j, world.texts[answer.prompt, i] - world.texts[answer.prompt, j])
            for answer in world.answers
            for i, j in permutations(answer.places, 2)
            if answer.places[i] < answer.places[j]
        ]

    def reliability(answer: Answer) -> float:
        estimate = found.raters[answer.rater]
        return 0.5 if estimate is None else estimate.value

    def preferred(answer: Answer, i: int, j: int) -> float:
        known = found.preferences[answer.prompt]
        return known[i, j] if (i, j) in known else 1 - known[j, i]

    return {
        "plain": all_pairs(lambda answer, i, j, d: Label(difference=d)),
        "soft": all_pairs(
            lambda answer, i, j, d: Label(difference=d, target=preferred(answer, i, j))
        ),
        "weighed": all_pairs(
            lambda answer, i, j, d: Label(
                difference=d, weight=max(0.0, 2 * reliability(answer) - 1)
            )
        ),
        "good only": all_pairs(
            lambda answer, i, j, d: Label(difference=d, weight=float(answer.rater not in BAD))
        ),
    }


def train(given: list[Label], *, ridge: float = 1.0) -> Floats:
    """The weighing of a logistic reward model, by Newton's method."""
    x = np.array([label.difference for label in given])
    target = np.array([label.target for label in given])
    weight = np.array([label.weight for label in given])
    found = np.zeros(x.shape[1])
    for _ in range(50):
        chance = 0.5 * (1 + np.tanh(x @ found / 2))
        slope = x.T @ (weight * (target - chance)) - ridge * found
        bend = (x * (weight * chance * (1 - chance))[:, None]).T @ x + ridge * np.eye(len(found))
        step = np.linalg.solve(bend, slope)
        found += step
        if np.abs(step).max() < 1e-9:
            break
    return found


def figures(seed: int, *, prompts: int = PROMPTS) -> dict[str, float]:
    """Of one world: AUC of good above bad raters, whether the bad are last, accuracies."""
    world = make_world(seed, prompts=prompts)
    found = competence(world.answers)
    eta = np.array([e.value if (e := found.raters[r]) else 0.5 for r in range(len(RATERS))])
    bad = sorted(BAD)
    good = [rater for rater in range(len(RATERS)) if rater not in BAD]
    new = np.random.default_rng(10_000 + seed).normal(size=(NEW, NUMBERS))
    truth = np.sign(new @ world.weighing)
    return {
        "auc": float((eta[good][:, None] > eta[bad]).mean()),
        "bad_last": float(eta[good].min() > eta[bad].max()),
        "good": float(eta[good].mean()),
        "random": float(eta[bad[:2]].mean()),
        "inverted": float(eta[bad[2]]),
        "agreement": agreement(world),
        **{
            f"accuracy, {name}": float((np.sign(new @ train(given)) == truth).mean())
            for name, given in labels(world, found).items()
        },
    }


def agreement(world: World) -> float:
    """The share of pairs on which two good raters agree."""
    by_prompt: dict[object, list[Answer]] = {}
    for answer in world.answers:
        if answer.rater not in BAD:
            by_prompt.setdefault(answer.prompt, []).append(answer)
    return 1 - float(
        np.mean(
            [
                distance(one.places, other.places)
                for same in by_prompt.values()
                for one, other in combinations(same, 2)
            ]
        )
    )


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=100)
    wanted = parser.parse_args()
    every = [figures(seed) for seed in range(wanted.worlds)]
    result = {
        "worlds": wanted.worlds,
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
        "auc_at_least_0.95": float(np.mean([world["auc"] >= 0.95 for world in every])),
        "auc_lowest": min(world["auc"] for world in every),
    }
    print("| | mean | of worlds, lowest 5 % | highest 5 % |\n|---|---|---|---|")
    for name in every[0]:
        values = np.array([world[name] for world in every])
        low, high = np.quantile(values, [0.05, 0.95])
        result[name] = {"mean": values.mean(), "p5": low, "p95": high}
        print(f"| {name} | {values.mean():.3f} | {low:.3f} | {high:.3f} |")
    for name in ("soft", "weighed", "good only"):
        gains = [world[f"accuracy, {name}"] - world["accuracy, plain"] for world in every]
        result[f"gain, {name}"] = {
            "mean": np.mean(gains),
            "error": np.std(gains, ddof=1) / np.sqrt(len(gains)),
            "worlds_better": np.mean(np.array(gains) > 0),
        }
        print(
            {f"gain, {name}": {k: round(float(v), 4) for k, v in result[f"gain, {name}"].items()}}
        )
    RESULT.write_text(json.dumps(result, indent=2, default=lambda v: round(float(v), 4)) + "\n")


if __name__ == "__main__":
    main()
