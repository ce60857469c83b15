import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from workers import trainer
from workers.trainer import error_of

CRASH = {"code": "crash", "message": "connection closed"}
STOPPED = {"code": "stopped", "message": "stopped on request"}
MEMORY = {"code": "out_of_memory", "message": "out of memory"}


@pytest.mark.parametrize(
    ("main", "other", "cause"),
    [
        (CRASH, MEMORY, MEMORY),
        (STOPPED, MEMORY, MEMORY),
        (None, MEMORY, MEMORY),
        (MEMORY, STOPPED, MEMORY),
        (STOPPED, CRASH, STOPPED),
        (CRASH, None, CRASH),
        (None, None, {}),
    ],
)
def test_the_error_is_that_of_the_process_that_ended_the_others(
    tmp_path: Path, main: object, other: object, cause: object
) -> None:
    for name, error in (("error.json", main), ("error-1.json", other)):
        if error is not None:
            (tmp_path / name).write_text(json.dumps(error))

    assert error_of(tmp_path) == cause


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (MEMORY | {"again": True}, ("release", "out of memory")),
        (MEMORY, ("fail", "out of memory")),
    ],
)
def test_what_would_end_otherwise_is_run_again_at_no_attempts_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Any, expected: object
) -> None:
    """Of several processes one ran out of memory: all begin anew, with half as much at a time."""
    done: list[object] = []
    monkeypatch.setattr(
        trainer,
        "services",
        SimpleNamespace(
            release=lambda *, job, reason: done.append(("release", reason)),
            fail=lambda *, job, code, message: done.append(("fail", message)),
        ),
    )
    (tmp_path / "error.json").write_text(json.dumps(CRASH))
    (tmp_path / "error-1.json").write_text(json.dumps(said))
    job: Any = SimpleNamespace(folder=tmp_path, pk=1)

    trainer._give_up(job, SimpleNamespace(), 1, cancelled=False)  # type: ignore[arg-type]

    assert done == [expected]
