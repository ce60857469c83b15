"""The process beside a worker: one at a time, never waited for, ended when it hangs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from labeling.models import Project
from quality import child
from quality.child import Child
from quality.models import ProjectFigures
from tests.factories import make_annotation, make_task

ROOT = Path(__file__).resolve().parents[2]


def ended(process: "subprocess.Popen[bytes]") -> int:
    return process.wait(timeout=120)


@pytest.mark.django_db(transaction=True)
def test_it_computes_what_is_due_in_a_process_of_its_own(
    project: Project, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_annotation(make_task(project))
    database = f"{postgres_url.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    monkeypatch.setitem(child.ENV, "DATABASE_URL", database)
    monkeypatch.setitem(child.ENV, "PYTHONPATH", f"{ROOT}:{ROOT / 'platform'}")
    mine = Child()

    mine.look()
    process = mine._process
    assert process is not None
    mine.look()  # it runs: nothing happens

    assert mine._process is process
    assert ended(process) == 0
    assert ProjectFigures.objects.get(project=project).computed_at is not None
    mine.look()  # nothing is due
    assert mine._process is None


def test_one_that_hangs_is_ended_and_the_next_one_starts(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([[7, 8], [8, 7]])
    monkeypatch.setattr(child, "due", lambda: next(asked))
    started = []

    def start(words: list[str], env: dict[str, str]) -> "subprocess.Popen[bytes]":
        started.append(words[1:])
        sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
        return subprocess.Popen(sleeps, process_group=0)

    monkeypatch.setattr(child.processes, "start", start)
    mine = Child()
    mine.look()
    frozen = mine._process
    assert frozen is not None
    os.kill(frozen.pid, signal.SIGSTOP)
    mine.look()
    assert started == [["-m", "quality", "7", "8"]]

    mine._began = time.monotonic() - child.LIMIT
    mine.look()

    assert ended(frozen) < 0
    assert started == [["-m", "quality", "7", "8"], ["-m", "quality", "8", "7"]]
    assert mine._process is not None
    mine._process.kill()
    ended(mine._process)


def test_a_project_that_fails_holds_up_no_other(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quality import program, refreshing

    done = []

    def refresh(pk: int) -> None:
        if pk == 1:
            raise ValueError
        done.append(pk)

    monkeypatch.setattr(refreshing, "refresh", refresh)

    assert program.refreshed("quality.refreshing", [1, 2, 3]) == 1
    assert done == [2, 3]


def test_workers_load_no_numpy_for_it() -> None:
    code = (
        "import sys, django; django.setup(); import workers.tasks, quality.child, labeling.kinds;"
        "labeling.kinds.kinds();"
        "print(sorted({'numpy', 'rapidfuzz'} & set(sys.modules)))"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env, cwd=ROOT
    )

    assert done.stdout == "[]\n"
