"""Which rankings a step learns from, and at what share of the learning rate."""

import math
from dataclasses import dataclass
from typing import Protocol

from training.processes import permutation

FINAL_RATE = 0.1  # of the cosine


class Epochs(Protocol):
    """What a schedule asks of a spec."""

    @property
    def seed(self) -> int: ...

    @property
    def epochs(self) -> int: ...

    @property
    def batch_size(self) -> int: ...


@dataclass(frozen=True)
class Schedule:
    """Steps over shuffled epochs, and a cosine from the full rate to a tenth of it.

    warmup: over this share of the steps the rate rises.
    """

    spec: Epochs
    rankings: int
    warmup: float = 0.0

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.rankings / self.spec.batch_size)

    @property
    def steps(self) -> int:
        return self.spec.epochs * self.steps_per_epoch

    def share(self, step: int) -> float:
        """Of the learning rates, in this step."""
        progress = step / max(self.steps - 1, 1)
        cosine = 0.5 * (1 + math.cos(math.pi * progress))
        risen = min(1.0, (step + 1) / max(self.warmup * self.steps, 1.0))
        return risen * (FINAL_RATE + (1 - FINAL_RATE) * cosine)

    def batch(self, step: int) -> list[int]:
        epoch, place = divmod(step, self.steps_per_epoch)
        order = permutation(self.rankings, self.spec.seed, "rankings", epoch).tolist()
        size = self.spec.batch_size
        return order[place * size : (place + 1) * size]
