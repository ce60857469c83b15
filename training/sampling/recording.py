"""A step that is recorded once and played again: a CUDA graph.

A small model's step is hundreds of kernels of some microseconds, which take Python longer to launch
than the GPU to compute. On other devices, as in tests, the step is just taken again.
"""

from collections.abc import Callable, Sequence
from typing import Self

import torch
from torch import Tensor

from training.errors import is_out_of_memory

WARM_UP = 2
# Two ways of one computation, as a share of the largest logit.
TOLERANCE = 0.02

Step = Callable[[int], Tensor]


class Recorded:
    """`step` of `count` places. Between plays, what it reads may be changed in place."""

    def __init__(self, step: Step, count: int) -> None:
        self.step, self.count = step, count
        self.graph: torch.cuda.CUDAGraph | None = None

    @classmethod
    def of(cls, step: Step, state: Sequence[Tensor], count: int) -> Self | None:
        """None where a step waits for the device, as it does where experts are chosen.

        `state` is left as it was; what else the step writes, the next one writes again.
        """
        found = cls(step, count)
        if state[0].device.type != "cuda":
            return found
        saved = [tensor.clone() for tensor in state]

        def restore() -> None:
            for tensor, before in zip(state, saved, strict=True):
                tensor.copy_(before)

        try:
            return found if found._record(restore) else None
        except (RuntimeError, ValueError, TypeError) as error:
            if is_out_of_memory(error):
                raise
            torch.cuda.synchronize()
            return None
        finally:
            restore()

    def fits(self, rows: int) -> bool:
        """Whether it takes all rows and is not much too wide."""
        return rows <= self.count < max(16, 2 * rows)

    def play(self) -> None:
        if self.graph is None:
            self.step(self.count)
        else:
            self.graph.replay()

    def _record(self, restore: Callable[[], None]) -> bool:
        """Whether the recording gives what the step gave."""
        here, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                restore()
                expected = self.step(self.count)
        here.wait_stream(aside)
        restore()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            logits = self.step(self.count)
        restore()
        graph.replay()
        gap = (logits - expected).abs().max() / expected.abs().max()
        self.graph = graph
        return bool(gap < TOLERANCE)
