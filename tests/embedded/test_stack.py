"""Opening a stack: what keeps it from starting is said in one line."""

import os
import socket
import stat
from pathlib import Path

import pytest

from embedded import stack
from embedded.stack import StackError, open_stack


@pytest.fixture(autouse=True)
def here(monkeypatch) -> None:
    """Opening a stack changes the folder and reads the environment."""
    monkeypatch.chdir(Path.cwd())
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/rondo")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    monkeypatch.delenv("SECRET_KEY", raising=False)


def test_servers_that_the_environment_names_are_not_started(tmp_path: Path):
    with open_stack(tmp_path) as opened:
        assert opened.servers == {}
        assert opened.env["DATABASE_URL"] == "postgresql://elsewhere/rondo"
        assert (tmp_path / "run.env").read_text() == (
            f"SECRET_KEY={(tmp_path / 'secret_key').read_text()}"
            "SITE_URL=http://127.0.0.1:8000\n"
            "DATABASE_URL=postgresql://elsewhere/rondo\n"
            "REDIS_URL=redis://elsewhere/0\n"
        )
        for name in ("run.env", "secret_key"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert not (tmp_path / "run.env").exists()


def test_the_secret_key_is_made_once(tmp_path: Path):
    with open_stack(tmp_path) as opened:
        first = opened.env["SECRET_KEY"]
    with open_stack(tmp_path) as opened:
        assert opened.env["SECRET_KEY"] == first
    assert len(first) >= 50


def test_a_second_stack_in_the_same_folder_is_refused(tmp_path: Path):
    with (
        open_stack(tmp_path, port=18999),
        pytest.raises(StackError) as refused,
        open_stack(tmp_path),
    ):
        pass
    assert str(refused.value) == (
        f"Rondo already runs in {tmp_path} (process {os.getpid()}): http://127.0.0.1:18999"
    )


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StackError) as refused, open_stack(tmp_path, port=port):
            pass
    assert str(refused.value) == (
        f"Port {port} of 127.0.0.1 is taken by another program:"
        f" end that, or choose another port with `make demo PORT={port + 1}`."
    )


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(stack, "FREE_BYTES", 10**18)
    with pytest.raises(StackError, match=r"^The disk of .* has \d+ MB left; 1 GB is needed"):
        open_stack(tmp_path).__enter__()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StackError) as refused:
        open_stack(tmp_path / "file" / "var").__enter__()
    assert str(refused.value) == f"The folder {tmp_path}/file/var cannot be used: Not a directory."
