"""Curves in others' trackers: equal values, no step twice after a resume, no run ended by them."""

import json
import math
import sys
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from training import tracking
from training.base_model.spec import BaseModelSpec
from training.folder import JobFolder


@pytest.fixture
def path(tmp_path: Path, monkeypatch) -> Path:
    BaseModelSpec(source="tiny").write(tmp_path / "7")
    monkeypatch.setenv("RONDO_TRACKERS_FOLDER", str(tmp_path / "curves"))
    return tmp_path / "7"


def track(monkeypatch, *names: str) -> None:
    monkeypatch.setenv("RONDO_TRACKERS", ",".join(names))


def curves(path: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard reads."""
    found = EventAccumulator(str(path.parent / "curves" / "base_model-7"))
    found.Reload()
    names = found.Tags()["scalars"]
    return {name: [(row.step, row.value) for row in found.Scalars(name)] for name in names}


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]


def warnings(path: Path) -> list[str]:
    return [row["data"]["text"] for row in told(path) if row["data"].get("level") == "warning"]


def test_tensorboard_reads_the_values_of_the_run_once_each(path: Path, monkeypatch) -> None:
    track(monkeypatch, "tensorboard")
    with JobFolder(path) as folder:
        folder.metric(1, {"loss": 0.5, "kl": None})
        folder.metric(2, {"loss": 0.25, "kl": math.nan})
        folder.metric(2, {"heldout_loss": 0.75})
        folder.metric(3, {"loss": 0.125})
    with JobFolder(path) as folder:  # goes on from a checkpoint at step 1
        folder.metric(2, {"loss": 9.0, "kl": 0.5})
        folder.metric(2, {"heldout_loss": 9.0})
        folder.metric(3, {"loss": 9.0})
        folder.metric(4, {"loss": 0.0625})

    assert curves(path) == {
        "loss": [(1, 0.5), (2, 0.25), (3, 0.125), (4, 0.0625)],
        "heldout_loss": [(2, 0.75)],
        "kl": [(2, 0.5)],
    }
    assert warnings(path) == []


def test_without_a_setting_nothing_is_started(path: Path, monkeypatch) -> None:
    monkeypatch.delenv("RONDO_TRACKERS", raising=False)
    threads = threading.active_count()

    with JobFolder(path) as folder:
        folder.metric(1, {"loss": 0.5})
        assert threading.active_count() == threads

    assert not (path.parent / "curves").exists()


def test_other_processes_of_a_job_mirror_nothing(path: Path, monkeypatch) -> None:
    track(monkeypatch, "tensorboard")
    monkeypatch.setenv("RANK", "1")

    with JobFolder(path) as folder:
        folder.metric(1, {"loss": 0.5})

    assert not (path.parent / "curves").exists()


def test_one_that_fails_is_told_once_and_the_others_go_on(path: Path, monkeypatch) -> None:
    track(monkeypatch, "mlflow", "tensorboard")
    monkeypatch.setitem(sys.modules, "mlflow", None)  # is not installed
    with JobFolder(path) as folder:
        for step in range(1, 4):
            folder.metric(step, {"loss": 0.5})

    (warning,) = warnings(path)
    assert warning.startswith("the tracker mlflow failed and is left out: ModuleNotFoundError")
    assert curves(path) == {"loss": [(1, 0.5), (2, 0.5), (3, 0.5)]}


def test_one_that_hangs_keeps_nobody(path: Path, monkeypatch) -> None:
    track(monkeypatch, "trackio")
    released = threading.Event()
    monkeypatch.setattr(tracking, "CLOSE_SECONDS", 0.1)
    monkeypatch.setattr(tracking, "start", lambda *_: released.wait())
    with JobFolder(path) as folder:
        folder.metric(1, {"loss": 0.5})

    assert "trackio failed and is left out: it did not take" in warnings(path)[0]
    released.set()


class Recorded(ModuleType):
    """MLflow as accelerate's class asks it."""

    def __init__(self) -> None:
        super().__init__("mlflow")
        self.runs: list[str | None] = []
        self.logged: list[tuple[dict[str, float], int]] = []
        self.ended = 0

    def search_experiments(self, *, filter_string: str) -> list[Any]:
        assert filter_string == "name = 'rondo'"
        return [SimpleNamespace(experiment_id="1")]

    def start_run(self, *, run_id: str | None, run_name: str, **more: Any) -> Any:
        assert (run_name, more["experiment_id"]) == ("base_model-7", "1")
        self.runs.append(run_id)
        return SimpleNamespace(info=SimpleNamespace(run_id=run_id or "abc"))

    def log_metrics(self, values: dict[str, float], *, step: int) -> None:
        self.logged.append((values, step))

    def end_run(self) -> None:
        self.ended += 1


def test_mlflow_goes_on_with_the_run_of_the_attempt_before(path: Path, monkeypatch) -> None:
    track(monkeypatch, "mlflow")
    server = Recorded()
    monkeypatch.setitem(sys.modules, "mlflow", server)
    for steps in ((1, 2), (2, 3)):
        with JobFolder(path) as folder:
            for step in steps:
                folder.metric(step, {"loss": step / 4})

    assert server.runs == [None, "abc"]
    assert server.logged == [({"loss": 0.25}, 1), ({"loss": 0.5}, 2), ({"loss": 0.75}, 3)]
    assert (server.ended, warnings(path)) == (2, [])


def test_trackio_resumes_by_the_name_of_the_run(path: Path, monkeypatch) -> None:
    track(monkeypatch, "trackio")
    seen: list[Any] = []
    run = SimpleNamespace(
        log=lambda values, step: seen.append((values, step)), finish=lambda: seen.append("end")
    )
    module: Any = ModuleType("trackio")
    module.init = lambda **options: seen.append(options) or run
    monkeypatch.setitem(sys.modules, "trackio", module)
    with JobFolder(path) as folder:
        folder.metric(1, {"loss": 0.5})

    start = {"project": "rondo", "name": "base_model-7", "resume": "allow"}
    assert seen == [start, ({"loss": 0.5}, 1), "end"]
