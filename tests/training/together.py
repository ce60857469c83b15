"""Two processes of a job on the CPU, as `accelerate launch` starts them, several jobs in turn.

`start(jobs)` starts them; what lies below `main` is what they do. Accelerate knows FSDP on
accelerators only: the processes tell it otherwise, and gloo that it has no mean but a sum. All else
is what runs on GPUs.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from training.errors import StoppedError
from training.folder import JobFolder
from training.stage import leave_together

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2")
FSDP2 = {"ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "2"}
Job = tuple[str, Path, int | None]  # stage, folder, the step before which it is asked to stop


def start(jobs: Sequence[Job], *, sharded: bool) -> subprocess.Popen[str]:
    told = json.dumps([[stage, str(path), stop] for stage, path, stop in jobs])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(
        [*LAUNCH, "-m", "tests.training.together", told],
        cwd=ROOT,
        env=environment | (FSDP2 if sharded else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> None:
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output


class Stopped(JobFolder):
    """One of the two, the second, is sent SIGTERM before step `stop`."""

    stop: int | None = None

    def progress(self, step: int, total: int, *, phase: str) -> None:
        super().progress(step, total, phase=phase)
        if step == self.stop and phase not in {"reference", "measure"} and not self.is_main:
            os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    if os.environ.get("ACCELERATE_USE_FSDP"):
        let_accelerate_shard_on_the_cpu()
    for stage, path, stop in json.loads(sys.argv[1]):
        trainer = getattr(import_module(f"training.{stage}.trainer"), stage)
        with Stopped(path) as folder:
            folder.stop = stop
            folder.stop_on_signals()
            try:
                trainer(folder)
            except StoppedError:
                assert stop is not None
            else:
                assert stop is None
    leave_together()


def let_accelerate_shard_on_the_cpu() -> None:
    from accelerate.state import DistributedType, PartialState
    from torch.distributed.fsdp._fully_shard._fsdp_param_group import (
        FSDPParamGroup,
    )

    begin, group = PartialState.__init__, FSDPParamGroup.__init__

    def begun(self: Any, *args: Any, **values: Any) -> None:
        begin(self, *args, **values)
        if self.distributed_type is DistributedType.MULTI_CPU:
            self.distributed_type = DistributedType.MULTI_XPU  # one of those that may

    def grouped(self: Any, *args: Any, **values: Any) -> None:
        group(self, *args, **values)
        self.force_sum_reduction_for_comms = True

    PartialState.__init__, FSDPParamGroup.__init__ = begun, grouped


if __name__ == "__main__":
    main()
