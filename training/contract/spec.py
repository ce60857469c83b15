"""The base of what a trainer is told; each stage has its own in `training.<stage>.spec`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from training.contract.files import JOB
from training.contract.tables import Table


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What every stage needs. Paths are absolute folders of models on this machine."""

    stage: ClassVar[str]
    is_shared: ClassVar[bool] = False  # several processes may share the job
    data: ClassVar[Mapping[str, Table]] = {}  # what it reads: all of them are there, maybe empty
    output: ClassVar[Mapping[str, Table]] = {}  # what it writes, beside a model
    results: ClassVar[Mapping[str, str]] = {}  # the fields of result.json: what each means
    at_once: ClassVar[str] = ""  # the setting that says how much is in memory, and nothing else
    least: ClassVar[int] = 1  # of it: with less, nothing takes less memory
    may_be_served: ClassVar[bool] = False  # the engine of RONDO_ENGINE_URL may sample for it
    seed: int = 0

    @classmethod
    def module(cls) -> str:
        """The module that works on the folder: the package in which the spec lies.

        `python -m <module> FOLDER`, under `accelerate launch` for several processes, runs it, and
        running it again goes on from the newest checkpoint whose manifest verifies.
        """
        return cls.__module__.rpartition(".")[0]

    @property
    def is_online(self) -> bool:
        """Whether the process may fetch from the network."""
        return False

    def write(self, folder: Path) -> None:
        """Write `job.json` into `folder`, which is made if missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps({"stage": self.stage, **asdict(self)}, indent=2, ensure_ascii=False)
        (folder / JOB).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read `job.json` back; ValueError when it belongs to another stage."""
        values: dict[str, Any] = json.loads((folder / JOB).read_text(encoding="utf-8"))
        stage = values.pop("stage")
        if stage != cls.stage:
            raise ValueError(f"{folder / JOB} is a {stage} job, not a {cls.stage} job")
        return cls(**values)
