"""Whether asking where two reward models differ teaches more than asking at random.

    make bench-labels            # or python -m benchmarks.choosing --worlds 400

As a project does it: 200 rankings of four texts are there, two linear reward models learned a half
each. Three rounds of 100 rankings follow; a share of each is chosen among four times as many
prompts by the models' disagreement on the texts' order, the rest drawn at random. After each round
both are fitted anew, and one to all labels is asked about the worth of new texts. A text is so many
random numbers, its worth a hidden weighing of them, and raters rank by worth and noise (two agree
on about 72 % of pairs). In two worlds something is amiss: worth that no linear model can express,
and prompts of which a quarter have texts that nobody can tell apart. Writes
benchmarks/results/choosing.json.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from measures.disagreement import disagreement
from rounds.collecting.plan import CANDIDATES

RESULT = Path(__file__).with_name("results") / "choosing.json"
THERE, ASKED, ROUNDS, TEXTS, NEW = 200, 100, 3, 4, 4000
SHARES = (0, 30, 50, 100)  # percent
WORTH = 1.6  # how much it counts against noise
PAIRS = np.array(list(combinations(range(TEXTS), 2)))
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A sort of worlds. curved: how much of worth no linear model can express. alike: the share of
    prompts whose texts are all the same to people.
    """

    numbers: int = 16
    curved: float = 0.0
    alike: float = 0.0


KINDS: Mapping[str, Kind] = {
    "16 numbers a text": Kind(),
    "64 numbers a text": Kind(numbers=64),
    "64 numbers, worth not linear": Kind(numbers=64, curved=0.7),
    "64 numbers, a quarter alike": Kind(numbers=64, alike=0.25),
}


class World:
    """Texts and raters of one seed; the same prompts come in the same order for all shares."""

    def __init__(self, kind: Kind, seed: int) -> None:
        self.kind, self.draw = kind, np.random.default_rng(seed)
        self.weighing, self.bend = (self._unit() for _ in range(2))

    def _unit(self) -> Floats:
        found = self.draw.normal(size=self.kind.numbers)
        return found / np.linalg.norm(found)

    def prompts(self, count: int) -> tuple[Floats, Floats]:
        """Texts (count, TEXTS, numbers), and how raters see each (count, TEXTS), noise included."""
        texts = self.draw.normal(size=(count, TEXTS, self.kind.numbers))
        worth = self.worth(texts) * (self.draw.random(count) >= self.kind.alike)[:, None]
        return texts, WORTH * worth + self.draw.gumbel(size=worth.shape)

    def worth(self, texts: Floats) -> Floats:
        curved = ((texts @ self.bend) ** 2 - 1) / np.sqrt(2)
        share = self.kind.curved
        return np.asarray(np.sqrt(1 - share**2) * (texts @ self.weighing) + share * curved)


def fitted(texts: Floats, seen: Floats, *, ridge: float = 1.0) -> Floats:
    """The weighing of a logistic reward model on all pairs of the rankings, by Newton's method."""
    one, other = PAIRS.T
    sign = np.where(seen[:, one] > seen[:, other], 1.0, -1.0)[..., None]
    x = (sign * (texts[:, one] - texts[:, other])).reshape(-1, texts.shape[2])
    found = np.zeros(x.shape[1])
    for _ in range(30):
        chance = 0.5 * (1 + np.tanh(x @ found / 2))
        bend = (x * (chance * (1 - chance))[:, None]).T @ x + ridge * np.eye(len(found))
        step = np.linalg.solve(bend, x.T @ (1 - chance) - ridge * found)
        found = found + step
        if np.abs(step).max() < 1e-6:
            break
    return found


def accuracies(kind: Kind, share: int, seed: int) -> list[float]:
    """After each round, on pairs of new texts by their worth."""
    world = World(kind, seed)
    texts, seen = world.prompts(THERE)
    chosen = round(ASKED * share / 100)
    found = []
    for number in range(ROUNDS):
        world.draw = np.random.default_rng((seed, number))
        drawn, of_drawn = (part[: ASKED - chosen] for part in world.prompts(ASKED))
        pool, of_pool = world.prompts(CANDIDATES * ASKED)
        pool, of_pool = pool[: CANDIDATES * chosen], of_pool[: CANDIDATES * chosen]
        first, second = (fitted(texts[half::2], seen[half::2]) for half in (0, 1))
        both = zip(pool @ first, pool @ second, strict=True)
        differ = np.array([disagreement(one.tolist(), other.tolist()) for one, other in both])
        best = np.argsort(-differ, kind="stable")[:chosen]
        texts = np.concatenate([texts, drawn, pool[best]])
        seen = np.concatenate([seen, of_drawn, of_pool[best]])
        found.append(accuracy(world, fitted(texts, seen), seed))
    return found


def accuracy(world: World, weighing: Floats, seed: int) -> float:
    draw = np.random.default_rng((seed, 99))
    new = draw.normal(size=(2, NEW, world.kind.numbers))
    worth, guess = world.worth(new), new @ weighing
    return float(np.mean((worth[0] > worth[1]) == (guess[0] > guess[1])))


def spread(values: Floats) -> dict[str, float]:
    """A mean over worlds with its 95-percent interval."""
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    mean = values.mean()
    return {"value": round(mean, 5), "low": round(mean - half, 5), "high": round(mean + half, 5)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=400)
    worlds = parser.parse_args().worlds
    report = {}
    for name, kind in KINDS.items():
        by_share = {
            share: np.array([accuracies(kind, share, seed) for seed in range(worlds)])
            for share in SHARES
        }
        random = by_share[0]
        report[name] = {
            f"{share} %": {
                "accuracy": spread(found[:, -1]),
                "gain_in_points": spread(100 * (found - random)[:, -1]),
                "gain_after_one_round": spread(100 * (found - random)[:, 0]),
            }
            for share, found in by_share.items()
        }
        print(name, json.dumps(report[name], indent=1))
    RESULT.write_text(json.dumps({"worlds": worlds, "worlds_of": report}, indent=2) + "\n")


if __name__ == "__main__":
    main()
