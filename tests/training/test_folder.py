"""A job's folder, and how a stage starts and ends."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.training.conftest import wait_for
from training.base_model.spec import BaseModelSpec
from training.contract.events import NO_SPACE
from training.errors import (
    BadInputError,
    DivergedError,
    LockedError,
    StoppedError,
    TrainingError,
)
from training.folder import JobFolder
from training.generate.spec import GenerateSpec
from training.sft.spec import SFTSpec
from training.stage import known_error, report

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path):
    BaseModelSpec(source="tiny").write(tmp_path / "job")
    return tmp_path / "job"


def events(path: Path) -> list[dict]:
    return [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]


def test_second_process_is_refused_until_the_first_is_done(path):
    with JobFolder(path), pytest.raises(LockedError, match="another process works in"):
        JobFolder(path)

    JobFolder(path).close()


def test_folder_without_job_is_refused(tmp_path):
    with pytest.raises(BadInputError, match=r"has no job\.json"):
        JobFolder(tmp_path)


def test_spec_of_another_stage_is_refused(path):
    with JobFolder(path) as folder:
        assert folder.spec(BaseModelSpec) == BaseModelSpec(source="tiny")
        with pytest.raises(BadInputError, match="is a base_model job, not a sft job"):
            folder.spec(SFTSpec)


def test_events_have_the_documented_shape(path):
    sample = {"prompt_id": 1, "prompt": "你好", "text": "Hi\n", "reward": None}
    with JobFolder(path) as folder:
        folder.log("started")
        folder.warn("careful")
        folder.progress(0, 10, phase="train")
        folder.metric(1, {"loss": 0.5, "norm": float("inf"), "kl": float("nan")})
        folder.sample(1, [sample])

    written = events(path)

    assert [event["n"] for event in written] == [1, 2, 3, 4, 5]
    assert all(0 <= event["seconds"] < 5 for event in written)
    assert [(event["kind"], event["data"]) for event in written] == [
        ("log", {"level": "info", "text": "started"}),
        ("log", {"level": "warning", "text": "careful"}),
        ("progress", {"step": 0, "total": 10, "eta_seconds": None, "phase": "train"}),
        ("metric", {"step": 1, "values": {"loss": 0.5, "norm": None, "kl": None}}),
        ("sample", {"step": 1, "samples": [sample]}),
    ]


def test_remaining_time_follows_the_pace_of_the_phase(path, monkeypatch):
    clock = SimpleNamespace(monotonic=lambda: 0.0)
    monkeypatch.setattr("training.folder.time", clock)
    with JobFolder(path) as folder:
        folder.progress(10, 20, phase="train")
        clock.monotonic = lambda: 4.0
        folder.progress(12, 20, phase="train")

    assert [event["data"]["eta_seconds"] for event in events(path)] == [None, 16.0]


def test_events_are_numbered_on_after_a_kill_in_mid_line(path):
    with JobFolder(path) as folder:
        folder.log("one")
        folder.log("two")
    with (path / "events.jsonl").open("a") as file:
        file.write('{"n": 3, "kind": "lo')

    with JobFolder(path) as folder:
        folder.log("three")

    assert [(event["n"], event["data"]["text"]) for event in events(path)] == [
        (1, "one"),
        (2, "two"),
        (3, "three"),
    ]


def test_only_the_main_process_writes(path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    with JobFolder(path) as folder:
        folder.log("not me")
        folder.result({"x": 1})
        folder.write_table(GenerateSpec(model=""), "completions", [])

    assert sorted(file.name for file in path.iterdir()) == ["job.json"]


def test_another_process_than_the_main_one_says_why_it_ended(path, monkeypatch, capsys):
    (path / "error-1.json").write_text("{}")
    monkeypatch.setenv("RANK", "1")
    with JobFolder(path) as folder:
        assert not (path / "error-1.json").exists()
        report(folder, DivergedError("the loss is nan"))

    assert json.loads((path / "error-1.json").read_text()) == {
        "code": "diverged",
        "message": "the loss is nan",
    }
    assert capsys.readouterr().err == "the loss is nan\n"
    assert not (path / "events.jsonl").exists()


def test_an_error_is_told_even_where_the_log_cannot_be_written(path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with JobFolder(path) as folder:
        monkeypatch.setattr(folder, "log", full)
        assert report(folder, OSError(errno.ENOSPC, "No space left on device")) == NO_SPACE

    assert json.loads((path / "error.json").read_text())["code"] == "no_space"


def test_known_errors_are_reported_by_code(path):
    with JobFolder(path) as folder:
        status = report(folder, DivergedError("the loss is nan"))

    assert status == 1
    assert json.loads((path / "error.json").read_text()) == {
        "code": "diverged",
        "message": "the loss is nan",
    }
    assert [event["data"] for event in events(path)] == [
        {"level": "error", "text": "the loss is nan"}
    ]


def test_unknown_errors_leave_their_traceback_in_the_events(path, capsys):
    with JobFolder(path) as folder:
        try:
            {}["x"]
        except KeyError as error:
            status = report(folder, error)

    assert status == 1
    assert json.loads((path / "error.json").read_text()) == {
        "code": "crash",
        "message": "KeyError: 'x'",
    }
    [event] = events(path)
    assert event["data"]["text"].startswith("Traceback")
    assert "KeyError" in capsys.readouterr().err


def test_new_attempt_removes_the_error_of_the_last(path):
    (path / "error.json").write_text("{}")

    JobFolder(path).close()

    assert not (path / "error.json").exists()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "out_of_memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "out_of_memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "out_of_memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "no_space"),
        (StoppedError("stopped"), "stopped"),
    ],
)
def test_errors_of_the_system_have_our_codes(error, code):
    known = known_error(error)

    assert isinstance(known, TrainingError)
    assert known.code == code


def test_other_errors_are_not_known():
    assert known_error(ValueError("x")) is None
    assert known_error(OSError(errno.ENOENT, "x")) is None


WAITING = """
import time
from training.folder import JobFolder
from training.stage import main

def stage(folder: JobFolder) -> None:
    folder.log("waiting")
    while True:
        folder.check_stop()
        time.sleep(0.01)

main(stage)
"""
FINISHING = """
from training.stage import main
main(lambda folder: folder.result({"x": float("nan")}))
"""


def start(code: str, path: Path, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )


def error_code(path: Path) -> str:
    return json.loads((path / "error.json").read_text())["code"]


def test_stage_that_ends_leaves_a_result_and_does_not_run_again(path):
    assert start(FINISHING, path).wait(30) == 0
    assert json.loads((path / "result.json").read_text()) == {"x": None}

    assert start(WAITING, path).wait(30) == 0


def test_sigterm_stops_with_its_own_exit_status(path):
    process = start(WAITING, path)
    wait_for(path / "events.jsonl", process, "\n")

    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 75
    assert error_code(path) == "stopped"
    assert [event["data"]["level"] for event in events(path)] == ["info", "info"]


def test_end_of_the_worker_stops_its_trainer(path):
    worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = start(WAITING, path, RONDO_WORKER_PID=str(worker.pid))
    wait_for(path / "events.jsonl", process, "\n")

    worker.kill()

    assert process.wait(30) == 75
    worker.communicate()


def test_end_of_the_parent_stops_its_child(path):
    launcher = f"""
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", {WAITING!r}, {str(path)!r}]).pid, flush=True)
input()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", launcher],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    wait_for(path / "events.jsonl", parent, "\n")

    parent.kill()
    parent.communicate()

    import select

    assert select.select([child], [], [], 30)[0] == [child]
    os.close(child)
    assert error_code(path) == "stopped"
