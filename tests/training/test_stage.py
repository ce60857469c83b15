"""A stage goes on with half as much when memory runs out, as often as it takes."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch

from training import stage
from training.contract.spec import Spec
from training.errors import OutOfMemoryError
from training.folder import JobFolder


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]


@dataclass(frozen=True, kw_only=True)
class Heavy(Spec):
    """A stage whose memory follows its rows."""

    stage: ClassVar[str] = "heavy"
    at_once: ClassVar[str] = "rows"
    rows: int = 8


def work_that_fits(fits: int, seen: list[int]) -> Callable[[JobFolder], None]:
    def work(folder: JobFolder) -> None:
        seen.append(folder.spec(Heavy).rows)
        if seen[-1] > fits:
            raise torch.OutOfMemoryError("CUDA out of memory")

    return work


def warnings(path: Path) -> list[str]:
    return [event["data"]["text"] for event in events(path) if event["kind"] == "log"]


@pytest.mark.parametrize(("fits", "tried"), [(4, [8, 4]), (1, [8, 4, 2, 1]), (0, [8, 4, 2, 1])])
def test_when_memory_runs_out_half_as_much_is_tried_down_to_one_row(tmp_path, fits, tried):
    Heavy().write(tmp_path)
    seen: list[int] = []

    outcome = nullcontext() if fits else pytest.raises(torch.OutOfMemoryError)
    with JobFolder(tmp_path) as folder, outcome:
        stage.run(work_that_fits(fits, seen), folder)

    assert seen == tried
    assert warnings(tmp_path) == [f"out of memory: going on with rows {n}" for n in tried[1:]]


def test_a_later_attempt_begins_with_what_fitted(tmp_path):
    """A killed process must not find out anew."""
    Heavy().write(tmp_path)
    seen: list[int] = []
    for _ in range(2):
        with JobFolder(tmp_path) as folder:
            stage.run(work_that_fits(2, seen), folder)

    assert seen == [8, 4, 2, 2]


@dataclass(frozen=True, kw_only=True)
class Floor(Heavy):
    """With less than three at a time nothing takes less memory."""

    least: ClassVar[int] = 3


@pytest.mark.parametrize(("rows", "tried"), [(8, [8, 4, 3]), (2, [2])])
def test_less_than_the_least_is_not_tried(tmp_path, rows, tried):
    Floor(rows=rows).write(tmp_path)
    seen = []

    def work(folder: JobFolder) -> None:
        seen.append(folder.spec(Floor).rows)
        raise torch.OutOfMemoryError("CUDA out of memory")

    with JobFolder(tmp_path) as folder, pytest.raises(torch.OutOfMemoryError):
        stage.run(work, folder)
    assert seen == tried


def test_several_processes_leave_and_are_all_halved_when_they_are_run_again(tmp_path, monkeypatch):
    """Within an attempt the others would wait for the one that begins anew."""
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    Heavy().write(tmp_path)
    seen: list[int] = []

    with JobFolder(tmp_path) as folder:
        with pytest.raises(OutOfMemoryError) as caught:
            stage.run(work_that_fits(4, seen), folder)
        stage.report(folder, caught.value)

    assert seen == [8]
    said = json.loads((tmp_path / "error-1.json").read_text())
    assert said == {
        "code": "out_of_memory",
        "message": "out of memory: CUDA out of memory",
        "said": {"template": "out of memory: {error}", "values": {"error": "CUDA out of memory"}},
        "again": True,
    }
    for rank in "0", "1":
        monkeypatch.setenv("RANK", rank)
        with JobFolder(tmp_path) as folder:
            assert folder.spec(Heavy).rows == 4
    assert warnings(tmp_path) == ["out of memory: going on with rows 4"]


def test_several_processes_do_not_try_again_with_less_than_a_row(tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    Heavy(rows=1).write(tmp_path)

    with JobFolder(tmp_path) as folder:
        with pytest.raises(torch.OutOfMemoryError) as caught:
            stage.run(work_that_fits(0, []), folder)
        stage.report(folder, caught.value)
    assert "again" not in json.loads((tmp_path / "error.json").read_text())
