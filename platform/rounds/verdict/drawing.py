"""Which held-out prompts people are asked about, and what is there for them.

Drawn by a hash of the prompt, before anything is written for it and whatever is: so what was
written first, or fast, or at all, has no part in who wins (docs/decisions/0037).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from labeling.models import Project
from rounds.models import Awaited, Question
from rounds.verdict.texts import (
    Pair,
    Sampling,
    Stored,
    Written,
    alike,
    both,
    heldout,
    usual_sampling,
    written,
)


class Draw(NamedTuple):
    """One prompt for two versions. texts: of the older and the newer one; else nothing yet."""

    pair: Pair
    prompt: int
    sampling: Sampling
    texts: tuple[Stored, ...] = ()


@dataclass(kw_only=True)
class Stock:
    """How many held-out prompts a pair can still be asked about.

    there: both have written, and not the same. alike: both the same. missing: not both yet.
    """

    there: int = 0
    alike: int = 0
    missing: int = 0


@dataclass(kw_only=True)
class Shelf:
    """What is there for some pairs. taken: the prompts that a pair was, or will be, asked about."""

    project: Project
    pairs: Sequence[Pair]
    written: Written
    taken: dict[Pair, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, project: Project, pairs: Sequence[Pair]) -> "Shelf":
        """Three queries."""
        shelf = cls(
            project=project,
            pairs=pairs,
            written=written(project, {version for pair in pairs for version in pair}),
        )
        asked = Question.objects.filter(ballot__project=project, task__prompt__in=heldout(project))
        awaited = Awaited.objects.filter(ballot__project=project, prompt__in=heldout(project))
        taken = asked.values_list("older", "newer", "task__prompt").union(
            awaited.values_list("older", "newer", "prompt")
        )
        for older, newer, prompt in taken:
            shelf.taken[older, newer].add(prompt)
        return shelf

    def draw(self, most: int, *, missing: bool) -> dict[Pair, list[Draw]]:
        """At most so many prompts for each pair; with `missing` those without texts too."""
        prompts = list(self.written)
        usual = Sampling()
        if missing:
            most_taken = max(len(self.taken[pair]) for pair in self.pairs)
            everything = heldout(self.project).values_list("pk", flat=True)
            prompts = list(everything[: most + len(self.written) + most_taken])
            usual, _seed = usual_sampling(self.project)
        draws: dict[Pair, list[Draw]] = {pair: [] for pair in self.pairs}
        for pair in self.pairs:
            for prompt in prompts:
                if len(draws[pair]) == most:
                    break
                if prompt in self.taken[pair]:
                    continue
                there = self.written.get(prompt, {})
                if found_both := both(there, pair):
                    sampling, texts = found_both
                    if not alike(*texts):
                        draws[pair].append(Draw(pair, prompt, sampling, texts))
                elif missing:
                    draws[pair].append(Draw(pair, prompt, next(iter(there), usual)))
        return draws

    def stock(self) -> dict[Pair, Stock]:
        """How many there are for each pair. One query."""
        total = heldout(self.project).count()
        found = {}
        for pair in self.pairs:
            taken = self.taken[pair]
            stock = Stock(missing=total - len(taken))
            for prompt, there in self.written.items():
                if prompt in taken or not (found_both := both(there, pair)):
                    continue
                is_alike = alike(*found_both[1])
                stock.alike += is_alike
                stock.there += not is_alike
            stock.missing -= stock.alike + stock.there
            found[pair] = stock
        return found
