"""How a training goes on, keeps what it is and leaves when it is asked to: the same in each stage.

Before a step a run is its state and a few numbers. Nothing random has a state, so one that is
killed and goes on ends bit-equal to one that was not (on a CPU).
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from training.artifacts import newest_verified, write_checkpoint
from training.contract.said import say
from training.errors import DivergedError, StoppedError
from training.processes import Alone, any_of, in_turn
from training.rows import trained
from training.sharding import local
from training.state import State


class Folder(Protocol):
    """What is asked of a job's folder, or of a part of one."""

    is_main: bool

    @property
    def checkpoints(self) -> Path:
        """Where they lie."""

    @property
    def stop_requested(self) -> bool:
        """Whether to leave, with a checkpoint."""

    def log(self, text: str) -> None:
        """A line for people."""

    def warn(self, text: str) -> None:
        """The same of what should not be."""


@dataclass(frozen=True)
class Kept:
    """The checkpoints of one run. All processes call each method, at the same step."""

    folder: Folder
    state: State
    processes: Alone

    def resume(self) -> dict[str, Any]:
        """Take the newest good checkpoint back; its numbers, with `step` to go on with, 0 if none.

        A checkpoint that is damaged is said to be so, and the one before it is taken.
        """
        with in_turn(self.processes):
            found = newest_verified(self.folder.checkpoints, on_skip=self.folder.warn)
        if found is None:
            return {"step": 0}
        numbers = self.state.load(found)
        self.folder.log(say("going on after step {step}", step=numbers["step"]))
        return numbers

    def keep(self, step: int, **numbers: Any) -> None:
        """Write what the run is before `step`, unless that is kept already."""
        processes = self.processes
        if any_of(processes, self.folder.is_main and self._at(step).exists()):
            return

        def fill(to: Path | None) -> None:
            if processes.shards:
                self.state.save_parts(Path(processes.same(str(to))))
            if to is not None:
                self.state.save(to, with_tensors=not processes.shards, step=step, **numbers)

        if self.folder.is_main:
            write_checkpoint(self.folder.checkpoints, step, fill)
        elif processes.shards:
            fill(None)
        processes.wait()

    def forget(self, step: int) -> None:
        """Remove the checkpoint before `step`, if there is one: what it holds is bad."""
        if self.folder.is_main:
            shutil.rmtree(self._at(step), ignore_errors=True)

    @torch.no_grad()
    def leave_if_asked(self, step: int, **numbers: Any) -> None:
        """StoppedError, with a checkpoint, where any process is asked to stop.

        DivergedError, without one, where a parameter is not finite.
        """
        if not any_of(self.processes, self.folder.stop_requested):
            return
        for name, module in self.state.modules.items():
            finite = all(local(one).isfinite().all() for one in trained(module).values())
            if any_of(self.processes, not finite):
                raise DivergedError(say("the {name} has parameters that are not finite", name=name))
        self.keep(step, **numbers)
        raise StoppedError(
            say("stopped on request before step {step}, checkpoint written", step=step + 1)
        )

    def _at(self, step: int) -> Path:
        return self.folder.checkpoints / f"step-{step}"
