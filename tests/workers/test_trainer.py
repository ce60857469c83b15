import json
from pathlib import Path

import pytest

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
