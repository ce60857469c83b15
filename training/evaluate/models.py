"""The models that an evaluation reads: as many at once as memory holds, the others in turn.

All are read in fp32, some five of them: of a model that LoRA trained on a card, they would not fit
there together. One that was let go of and loaded again says what it said before.
"""

import gc
import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from transformers import PreTrainedModel

from training.chat import Chat
from training.contract.said import say
from training.errors import BadInputError
from training.models import device, load_policy
from training.reward_model import RewardModel
from training.tuning import parameters_in

EXACT = torch.float32  # bf16 would round away what a few PPO steps have changed
SHARE = 0.5  # of memory; the rest is for what they compute, and for the system
# The most that a container may have, where it is one.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")

Policy = tuple[PreTrainedModel, Chat]
Judge = tuple[RewardModel, Chat]
Loaded = TypeVar("Loaded", Policy, Judge)


class Models:
    """By their folders. Nobody holds one while asking for the next: it may have to go."""

    def __init__(self, room: float | None = None) -> None:
        """room: bytes that they may take together; one has a place in any case."""
        self.room = room_for_models() if room is None else room
        self._there: OrderedDict[str, tuple[Policy | Judge, int]] = OrderedDict()
        self._template = ""

    def policy(self, path: str) -> Policy:
        """BadInputError where it writes conversations in another way than those before."""
        return self._get(path, lambda: load_policy(path, dtype=EXACT))

    def judge(self, path: str) -> Judge:
        """The same of a reward model."""
        return self._get(path, lambda: RewardModel.load(path))

    def _get(self, path: str, load: Callable[[], Loaded]) -> Loaded:
        if path in self._there:
            self._there.move_to_end(path)
            known: Loaded = self._there[path][0]
            return known
        size = parameters_in(Path(path)) * EXACT.itemsize
        self._make_room(size)
        found = load()
        self._template = self._template or found[1].template_hash
        if found[1].template_hash != self._template:
            raise BadInputError(
                say("{path}: its chat template is not that of the others", path=path)
            )
        self._there[path] = found, size
        return found

    def _make_room(self, size: int) -> None:
        gone = False
        while self._there and size + sum(own for _, own in self._there.values()) > self.room:
            self._there.popitem(last=False)
            gone = True
        if gone:
            gc.collect()
            if device().type == "cuda":
                torch.cuda.empty_cache()


def room_for_models() -> float:
    """Bytes, of this process's device."""
    where = device()
    if where.type == "cuda":
        return SHARE * torch.cuda.get_device_properties(where).total_memory
    return SHARE * min([os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), *limits()])


def limits() -> list[int]:
    """Those that a container sets."""
    files = [Path(name) for name in LIMITS if Path(name).is_file()]
    told = [file.read_text(encoding="utf-8").strip() for file in files]
    return [int(limit) for limit in told if limit.isdecimal()]
