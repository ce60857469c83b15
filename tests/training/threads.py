"""Processes that share a batch, as threads of one test."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor

from training.processes import Alone


class Threads(Alone):
    """Processes that are threads: what they sum up lies between two barriers."""

    def __init__(self, rank: int, count: int, meeting: threading.Barrier, table: list[Any]) -> None:
        self.rank, self.count, self.meeting, self.table = rank, count, meeting, table

    def _exchange(self, tensor: Tensor) -> Tensor:
        self.table[self.rank] = tensor.detach().clone()
        self.meeting.wait()
        stacked = torch.stack(self.table)
        self.meeting.wait()
        return stacked

    def sum(self, tensor: Tensor) -> Tensor:
        return self._exchange(tensor).sum(0)

    def max(self, tensor: Tensor) -> Tensor:
        return self._exchange(tensor).amax(0)


def in_threads(count: int, work: Callable[[Threads], Any]) -> list[Any]:
    """What `work` gives in each of `count` processes."""
    meeting, table = threading.Barrier(count, timeout=600), [None] * count
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda rank: work(Threads(rank, count, meeting, table)), range(count)))
