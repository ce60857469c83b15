"""Annotators of known reliability, and what a rehearsal does about the bad ones."""

import random
from dataclasses import dataclass

from accounts.models import User
from labeling.kinds.base import AnnotationKind
from labeling.kinds.simulation import Gold
from rehearsal.gold import gold

GOOD, RANDOM, INVERTED = SORTS = ("good", "random", "inverted")
PLAIN, WEIGHED, LEFT_OUT, SCREENED = USES = ("plain", "weighed", "left_out", "screened")


@dataclass(frozen=True, kw_only=True)
class Raters:
    """How many of each sort, how many answer each task, and what is made of their labels.

    use: plain trains on all alike; weighed by the reliability that the model of competence finds;
    left_out excludes the answers of those whom it finds unreliable, as a reviewer would; screened
    lets only those work who pass a test (rehearsal.screening).
    """

    numbers: tuple[int, int, int]
    overlap: int
    use: str = PLAIN

    def names(self) -> list[str]:
        """Of all of them; the sort is in the name, which only the report reads."""
        return [
            f"Sim {sort.title()} {number}"
            for sort, count in zip(SORTS, self.numbers, strict=True)
            for number in range(1, count + 1)
        ]


def read(text: str, *, overlap: int, use: str = PLAIN) -> Raters:
    """From "10,2,1": good, random, inverted. ValueError for anything else."""
    good, odd, inverted = (int(word) for word in text.split(","))
    if good < 1 or min(odd, inverted) < 0 or not 1 <= overlap <= good + odd + inverted:
        raise ValueError("at least one good rater, and no more answers a task than raters")
    return Raters(numbers=(good, odd, inverted), overlap=overlap, use=use)


def sort_of(annotator: User) -> str:
    """What an annotator is in truth."""
    return next((sort for sort in SORTS if annotator.name.startswith(f"Sim {sort.title()} ")), GOOD)


def orders(kind: AnnotationKind) -> bool:
    """Whether its tasks show several texts to be put into an order: there bad raters are bad."""
    return kind.completions.most > 1


def taste(annotator: User, kind: AnnotationKind, rng: random.Random) -> Gold:
    """What an annotator takes for gold. Texts of their own all write alike: models start equal."""
    sort = sort_of(annotator) if orders(kind) else GOOD

    def random_taste(prompt: str, text: str, *, finished: bool) -> float:
        return rng.gauss()

    def inverted_taste(prompt: str, text: str, *, finished: bool) -> float:
        return -gold(prompt, text, finished=finished)

    return {GOOD: gold, RANDOM: random_taste, INVERTED: inverted_taste}[sort]
