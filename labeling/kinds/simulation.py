"""What a simulated annotator brings to a task: a gold score, its habits, its chance."""

import math
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from labeling.models import Completion

SENTENCE_END = re.compile(r"[.!?]+[\"'”’)]*(?=\s|$)")


class Gold(Protocol):
    """How good `text` is as the answer to `prompt`; its unit is the base model's spread."""

    def __call__(self, prompt: str, text: str, *, finished: bool) -> float:
        """finished: the model ended the text itself, it was not cut at the length limit."""
        ...


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How the annotators err. Distances are in gold."""

    temperature: float = 0.15  # of the Bradley-Terry noise
    flip_rate: float = 0.05  # rankings in which two neighbouring tiers change places
    tie_margin: float = 0.1  # neighbours nearer than this are tied
    unacceptable_below: float = -2.0
    good_enough: float = 0.3  # a text below it is not worth showing to a model


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """One simulated annotator before one task."""

    gold: Gold
    habits: Habits
    rng: random.Random

    def score(self, completion: Completion) -> float:
        """The gold of a completion, without noise."""
        finished = completion.finish_reason == Completion.FinishReason.STOP
        return self.gold(completion.prompt.last_text, completion.text, finished=finished)

    def noise(self) -> float:
        """One draw of the standard Gumbel distribution.

        Added to scores over a temperature and sorted, it gives the model of Plackett and Luce, in
        which every pair is a Bradley-Terry comparison.
        """
        return -math.log(-math.log(self.rng.uniform(1e-9, 1 - 1e-9)))

    def best_text(self, completions: Iterable[Completion]) -> str | None:
        """The best of the texts by gold, whole sentences only; None when none is worth showing."""
        scored = sorted(
            (self.gold(completion.prompt.last_text, text, finished=True), text)
            for completion in completions
            if (text := whole_sentences(completion))
        )
        good = scored and scored[-1][0] >= self.habits.good_enough
        return scored[-1][1] if good else None


def whole_sentences(completion: Completion) -> str:
    """The text without what follows its last full stop, if it was cut at the length limit."""
    text = completion.text.strip()
    if completion.finish_reason == Completion.FinishReason.STOP:
        return text
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    lines = text[: ends[-1]].split("\n") if ends else [""]
    while len(lines) > 1 and not any(letter.isalpha() for letter in lines[-1]):
        lines.pop()  # the number of a list item that did not come
    return "\n".join(lines).strip()
