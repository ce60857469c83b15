"""The new model beside what can be had without PPO: the SFT model, and the best of its texts."""

from collections.abc import Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from core.tables import Row
from measures.intervals import wilson_of
from rounds.evaluation.outcome import by_prompt
from rounds.models import Evaluation, EvaluationSample


def against(
    samples: Sequence[EvaluationSample], rows: Sequence[Row], evaluation: Evaluation
) -> dict[str, Any]:
    """`texts`: how many the SFT model wrote for each prompt. `plain`: how often a text of the new
    model is preferred to one of them, each with each. `best`: to the reward model's favourite.

    By the reward model and, with `second_` before the name, by the second, which had no part in
    the choice. A prompt's comparisons are averaged first, so `n` counts prompts.
    """
    new = by_prompt(s for s in samples if s.model_version_id == evaluation.after_id)
    old: dict[int, list[Row]] = {}
    for row in rows:
        old.setdefault(row["prompt_id"], []).append(row)
    both = [(new[prompt], written) for prompt, written in old.items() if prompt in new]
    found: dict[str, Any] = {"texts": max(map(len, old.values()), default=0)}
    each = max((len(ours) for ours, _ in both), default=0)
    for prefix, name in {"": "reward", "second_": "second_reward"}.items():
        plain, best = [], []
        for ours, theirs in both:
            own = [getattr(sample, name) for sample in ours]
            rival = [row[name] for row in theirs]
            if None in own or None in rival:
                continue
            favourite = max(theirs, key=lambda row: row["reward"])[name]
            plain.append(fmean(_won(a, b) for a in own for b in rival))
            best.append(fmean(_won(a, favourite) for a in own))
        found |= _estimates({f"{prefix}plain": plain, f"{prefix}best": best}, each=each)
    return found


def _won(ours: float, theirs: float) -> float:
    """1 where the new text scores higher, a half for a tie."""
    return 0.5 if ours == theirs else float(ours > theirs)


def _estimates(shares: dict[str, list[float]], *, each: int) -> dict[str, Any]:
    return {name: asdict(wilson_of(values, each=each)) for name, values in shares.items() if values}
