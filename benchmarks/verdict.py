"""How many votes a verdict takes, and how often it is wrong, where the win rate is known.

    make bench-labels            # or python -m benchmarks.verdict --policies 1000

Policies that win a known share of prompts, with and without ties, judged by the sequential test
(measures.sprt) and by a test of a fixed number of random prompts, looked at once. Both are to err
in at most 5 % at 50 % and at 60 %. The sequential test's figures are also there exactly, by adding
up all paths. Writes benchmarks/results/verdict.json.
"""

import argparse
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from measures.confidence import sequence
from measures.intervals import wilson
from measures.sprt import Design, Verdict, decide, fixed_prompts

RESULT = Path(__file__).with_name("results") / "verdict.json"
DESIGN = Design()
FIXED = fixed_prompts(Design(false_better=0.05, false_not=0.05))
RATES = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7)
TIES = (0.0, 0.2)
LONGEST = 3000  # prompts; none took so many
Floats = NDArray[np.float64]


def outcomes(draw: np.random.Generator, *, rate: float, ties: float, policies: int) -> Floats:
    """(policies, prompts) of 1, 1/2 and 0. rate: the share of wins, ties counted half."""
    chances = [rate - ties / 2, ties, 1 - rate - ties / 2]
    return draw.choice([1.0, 0.5, 0.0], p=chances, size=(policies, LONGEST))


def fixed_says_better(row: Floats) -> bool:
    """One look at the end: the normal test of the share of wins, at 5 %."""
    return bool(row[:FIXED].mean() > 0.5 + 1.6448536 * 0.5 / np.sqrt(FIXED))


def paths(*, rate: float, ties: float) -> tuple[float, float]:
    """How often the sequential test says better, and after how many prompts: all paths added up."""
    chances = [1 - rate - ties / 2, ties, rate - ties / 2]  # of no, half and a whole point
    alive, better, prompts = np.ones(1), 0.0, 0.0
    for n in range(1, LONGEST):
        alive = np.convolve(alive, chances)  # by half points
        points = np.arange(len(alive)) / 2
        ratio = points * DESIGN.increment(1) + (n - points) * DESIGN.increment(0)
        over, ended = ratio >= DESIGN.upper, (ratio >= DESIGN.upper) | (ratio <= DESIGN.lower)
        better += float(alive[over].sum())
        prompts += n * float(alive[ended].sum())
        alive[ended] = 0
    return better, prompts


def figures(
    *, rate: float, ties: float, policies: int, seed: int = 0, intervals: int = 0
) -> dict[str, float]:
    """Of as many policies. intervals: of so many, the confidence sequence too."""
    draw = np.random.default_rng([seed, round(1000 * rate), round(1000 * ties)])
    rows = outcomes(draw, rate=rate, ties=ties, policies=policies)
    verdicts: list[Verdict] = [decide(row, DESIGN) for row in rows]
    prompts = np.array([verdict.prompts for verdict in verdicts])
    better = float(np.mean([verdict.decision == "better" for verdict in verdicts]))
    ends = [
        sequence(row[: verdict.prompts])[-1]
        for row, verdict in zip(rows[:intervals], verdicts, strict=False)
    ]
    exact_better, exact_prompts = paths(rate=rate, ties=ties)
    found = {
        "exact_better": exact_better,
        "exact_prompts": exact_prompts,
        "better": better,
        "better_low": wilson(better, policies).low,
        "better_high": wilson(better, policies).high,
        "undecided": float(np.mean([v.decision == "undecided" for v in verdicts])),
        "prompts": float(prompts.mean()),
        "prompts_p95": float(np.quantile(prompts, 0.95)),
        "share_of_fixed": float(prompts.mean() / FIXED),
        "fixed_better": float(np.mean([fixed_says_better(row) for row in rows])),
    }
    if ends:
        found["interval_holds"] = float(np.mean([end.low <= rate <= end.high for end in ends]))
        found["interval_width"] = float(np.mean([end.high - end.low for end in ends]))
    return found


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--policies", type=int, default=1000)
    parser.add_argument("--intervals", type=int, default=200)
    wanted = parser.parse_args()
    rows = [
        {
            "rate": rate,
            "ties": ties,
            **figures(rate=rate, ties=ties, policies=wanted.policies, intervals=wanted.intervals),
        }
        for ties in TIES
        for rate in RATES
    ]
    result = {
        "policies": wanted.policies,
        "fixed_prompts": FIXED,
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
        "rows": [{name: round(value, 4) for name, value in row.items()} for row in rows],
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print("| wins | ties | better | exactly | prompts, 95 % | share | fixed: better | interval |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['rate']:.0%} | {row['ties']:.0%} "
            f"| {row['better']:.1%} ({row['better_low']:.1%} to {row['better_high']:.1%}) "
            f"| {row['exact_better']:.1%}, {row['exact_prompts']:.0f} "
            f"| {row['prompts']:.0f}, {row['prompts_p95']:.0f} | {row['share_of_fixed']:.2f} "
            f"| {row['fixed_better']:.1%} "
            f"| ± {row['interval_width'] / 2:.2f}, holds {row['interval_holds']:.1%} |"
        )


if __name__ == "__main__":
    main()
