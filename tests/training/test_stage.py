"""A stage goes on with half as much when memory runs out, once."""

import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch

from training import stage
from training.contract.spec import Spec
from training.folder import JobFolder


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]


@dataclass(frozen=True, kw_only=True)
class Heavy(Spec):
    """A stage whose memory follows its rows."""

    stage: ClassVar[str] = "heavy"
    at_once: ClassVar[str] = "rows"
    rows: int = 8


@pytest.mark.parametrize(("fits", "tried"), [(4, [8, 4]), (2, [8, 4])])
def test_when_memory_runs_out_half_as_much_is_tried_once(tmp_path, fits, tried):
    Heavy().write(tmp_path)
    seen = []

    def work(folder: JobFolder) -> None:
        seen.append(folder.spec(Heavy).rows)
        if seen[-1] > fits:
            raise torch.OutOfMemoryError("CUDA out of memory")

    outcome = nullcontext() if fits == 4 else pytest.raises(torch.OutOfMemoryError)
    with JobFolder(tmp_path) as folder, outcome:
        stage.run(work, folder)

    assert seen == tried
    warnings = [event["data"]["text"] for event in events(tmp_path) if event["kind"] == "log"]
    assert warnings == ["out of memory: going on with rows 4"]


def test_several_processes_do_not_try_again(tmp_path, monkeypatch):
    """The others would wait for the one that begins anew."""
    monkeypatch.setenv("WORLD_SIZE", "2")
    Heavy().write(tmp_path)

    def work(folder: JobFolder) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with JobFolder(tmp_path) as folder, pytest.raises(torch.OutOfMemoryError):
        stage.run(work, folder)
    assert events(tmp_path) == []
