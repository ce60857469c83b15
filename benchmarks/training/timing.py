"""Clocks that wait for the device."""

import time
from collections.abc import Callable
from typing import Any

import torch


def now() -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def best_of(repeats: int, run: Callable[[], Any]) -> float:
    """Seconds of the fastest, after one that warms up."""
    run()
    seconds = []
    for _ in range(repeats):
        began = now()
        run()
        seconds.append(now() - began)
    return min(seconds)
