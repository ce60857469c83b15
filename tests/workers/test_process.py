"""Training processes are found again, asked, killed; their folder is theirs alone."""

import fcntl
import json
import subprocess
import sys
import time

import pytest

from workers import launch, process
from workers.process import TrainingProcess, end_leftover, is_free, last_words

SLEEP = "import sys, time; print('up', flush=True); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@pytest.fixture
def start(tmp_path):
    """Start Python code as a trainer in `tmp_path` and wait until it is up."""
    started = []

    def start(code):
        command = [sys.executable, "-c", code, str(tmp_path)]
        started.append(TrainingProcess.start(command, folder=tmp_path, env={}))
        while (tmp_path / "output.log").read_text() != "up\n":
            time.sleep(0.01)
        return started[-1]

    yield start
    for each in started:
        each.kill()


def test_wait_gives_none_while_it_runs_and_then_its_exit_code(start):
    trainer = start(SLEEP)
    assert trainer.wait(0.01) is None

    trainer.ask_to_stop()

    assert trainer.wait(10) == -15


def test_one_that_does_not_stop_is_killed(start, settings):
    settings.JOB_STOP_SECONDS = 0.1
    trainer = start(DEAF)

    trainer.ask_to_stop()

    assert trainer.wait(0.01) is None
    time.sleep(0.1)
    assert trainer.wait(0.01) == -9


def test_the_worker_does_not_wait_for_one_that_cannot_be_killed(start, monkeypatch):
    trainer = start(SLEEP)
    with monkeypatch.context() as driver:
        driver.setattr(
            process.processes, "signal_group", lambda *_: None
        )  # as if it hung in the kernel
        driver.setattr(process, "KILL_SECONDS", 0.1)

        assert trainer.kill() == -9

    assert trainer.wait(0.01) is None


def test_the_trainer_of_a_lost_worker_is_ended(start, tmp_path):
    trainer = start(DEAF)

    end_leftover(tmp_path)

    assert trainer.wait(10) == -9


def rewrite_note(folder, **values):
    path = folder / process.PID_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_process_of_another_machine_is_not_looked_for_here(start, tmp_path):
    trainer = start(SLEEP)
    rewrite_note(tmp_path, host="another")

    end_leftover(tmp_path)

    assert trainer.wait(0.1) is None


def test_a_process_that_got_the_pid_later_is_left_alone(start, tmp_path):
    start(SLEEP)
    with subprocess.Popen(["sleep", "60"], process_group=0) as bystander:
        rewrite_note(tmp_path, pid=bystander.pid)

        end_leftover(tmp_path)

        with pytest.raises(subprocess.TimeoutExpired):
            bystander.wait(0.1)
        bystander.kill()


def test_a_folder_without_a_note_is_left_alone(start, tmp_path):
    trainer = start(SLEEP)
    (tmp_path / process.PID_FILE).unlink()

    end_leftover(tmp_path)

    assert trainer.wait(0.1) is None


def test_a_folder_is_free_when_its_lock_is(tmp_path):
    assert is_free(tmp_path)
    with (tmp_path / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not is_free(tmp_path, wait=0.2)
    assert is_free(tmp_path)


def test_last_words_are_the_last_line_that_was_printed(tmp_path):
    (tmp_path / "output.log").write_text("first\nImportError: no\n\n")
    assert last_words(tmp_path) == "ImportError: no"

    (tmp_path / "output.log").write_text("")
    assert last_words(tmp_path) == "no output"


def test_host_is_this_machine():
    name = subprocess.run(["uname", "-n"], capture_output=True, text=True, check=True).stdout
    assert launch.host() == name.strip()
