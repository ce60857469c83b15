"""Other machines of a job find each attempt at it, once."""

import json
import os
from pathlib import Path
from typing import Any

from training import join
from training.contract import files
from training.contract.spec import Spec
from training.generate.spec import GenerateSpec
from training.ppo.spec import PPOSpec
from training.sft.spec import SFTSpec

CONFIG = Path("/etc/rondo/fsdp2.yaml")


def begin(path: Path, spec: Spec, *, at: float) -> Path:
    """As the worker does."""
    spec.write(path)
    note = path / files.PROCESS
    note.write_text(json.dumps({"pid": 1, "host": "first"}))
    os.utime(note, (at, at))
    return path


def test_each_attempt_that_is_shared_is_taken_part_in_once(tmp_path, monkeypatch):
    now = 1_000_000.0
    monkeypatch.setattr(join.time, "time_ns", lambda: int(now * 1e9))
    sft = begin(tmp_path / "1", SFTSpec(model="/m"), at=now - 5)
    begin(tmp_path / "2", GenerateSpec(model="/m"), at=now - 4)
    old = begin(tmp_path / "3", SFTSpec(model="/m"), at=now - 1000)
    (tmp_path / "4").mkdir()
    ppo = tmp_path / "5"

    def later(_: Any) -> None:
        """While it waits: an attempt, another at the first job, and the end of a third one."""
        begin(ppo, PPOSpec(policy="/m", reward_model="/r"), at=now + 2)
        begin(sft, SFTSpec(model="/m"), at=now + 1)
        begin(old, SFTSpec(model="/m"), at=now + 3)
        (old / files.RESULT).write_text("{}")

    monkeypatch.setattr(join.time, "sleep", later)
    found = join.commands(tmp_path, CONFIG)

    assert [next(found)[-3:] for _ in range(3)] == [
        ["-m", "training.sft", str(sft)],
        ["-m", "training.sft", str(sft)],
        ["-m", "training.ppo", str(ppo)],
    ]
    assert join.command(sft, CONFIG)[-5:-3] == ["--config_file", str(CONFIG)]
