"""A policy beside what can be had without PPO: the SFT model and the best of its texts, by gold."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from core.tables import Row
from labeling.models import Completion, Prompt
from rehearsal.gold import gold
from rehearsal.scoring import Scored, rounded, win_rate
from rounds.evaluation.outcome import by_prompt


def written(rows: Iterable[Row]) -> list[Scored]:
    """What a trainer wrote for prompts, with its gold."""
    found = list(rows)
    asked = Prompt.objects.in_bulk({row["prompt_id"] for row in found})
    return [
        Scored(
            prompt_id=row["prompt_id"],
            prompt=(text := asked[row["prompt_id"]].last_text),
            text=row["text"],
            finished=(ended := row["finish_reason"] == Completion.FinishReason.STOP),
            gold=gold(text, row["text"], finished=ended),
            reward=row["reward"],
        )
        for row in found
    ]


def favourites(samples: Sequence[Scored]) -> list[Scored]:
    """Of each prompt the text that the reward model scores highest."""
    return [max(some, key=lambda one: one.reward or 0.0) for some in by_prompt(samples).values()]


def against(number: int, policy: Sequence[Scored], sft: Sequence[Scored]) -> list[dict[str, Any]]:
    """How often the gold prefers a text of round `number`'s policy to one of the SFT model's, and
    to the one that the reward model chose among them.
    """
    texts = max(map(len, by_prompt(sft).values()), default=0)
    rivals = {"SFT": sft, f"best of {texts} of SFT": favourites(sft)}
    return [
        {
            "round": number,
            "rival": name,
            "gold_score": rounded(fmean(one.gold for one in samples)),
            "win_rate": _rounded(asdict(win_rate(policy, samples))),
        }
        for name, samples in rivals.items()
        if samples
    ]


def _rounded(rate: dict[str, Any]) -> dict[str, Any]:
    return {name: rate[name] if name == "n" else rounded(rate[name]) for name in rate}


def lines(rows: Iterable[dict[str, Any]]) -> list[str]:
    """For the end of the console's output."""
    return [
        f"PPO, round {row['round']}, wins {row['win_rate']['value']:.2f} "
        f"({row['win_rate']['low']:.2f} to {row['win_rate']['high']:.2f}) "
        f"against {row['rival']}, whose gold is {row['gold_score']:.2f}"
        for row in rows
    ]
