"""`manage.py` tells a fault of the installation in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SET = {
    "SECRET_KEY": "Q5jJ0wVn3yXk8sLr2mTz7bCfGdHaEpUi",
    "DATABASE_URL": "postgresql://rondo:secret-word@127.0.0.1:1/rondo",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set: README.md says what it means."),
        ({"SECRET_KEY": "short"}, "Rondo does not start like this. SECRET_KEY is too short"),
        ({}, 'connection to server at "127.0.0.1", port 1 failed: Connection refused'),
    ],
)
def test_what_is_wrong_is_said_without_a_stack_trace(changed, said, tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "RONDO_VAR": str(tmp_path), **SET, **changed}
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "verify"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-word" not in done.stderr
