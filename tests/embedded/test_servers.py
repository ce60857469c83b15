"""The embedded servers are real, private, and gone with the process that started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from embedded import servers
from embedded.servers import ServerError, start_postgres, start_valkey

ONCE = Retry(NoBackoff(), 0)


def eventually(condition: Callable[[], bool], *, seconds: float = 10) -> bool:
    """Whether `condition` comes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def scalar(url: str, query: str) -> object:
    """The one value that `query` gives."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return row[0]


def answers(valkey_url: str) -> bool:
    """Whether the Valkey server is there."""
    with redis.Redis.from_url(valkey_url, retry=ONCE) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


def test_postgres_keeps_its_data_and_its_password(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(servers, "ENDING_SECONDS", 0)
    first = start_postgres(tmp_path, durable=False)
    with psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1")
    with pytest.raises(ServerError, match=r"PostgreSQL already runs in .* \(process \d+\)"):
        start_postgres(tmp_path)
    first.stop()
    first.stop()

    second = start_postgres(tmp_path, durable=False)
    assert scalar(second.url, "SELECT count(*) FROM kept") == 1
    assert scalar(second.url, "SELECT datname FROM pg_database WHERE datname = 'rondo'") == "rondo"
    second.stop()


def test_postgres_refuses_strangers_and_comes_back_after_a_crash(tmp_path: Path):
    server = start_postgres(tmp_path, durable=False)
    password = (tmp_path / "password").read_text().strip()
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url.replace(password, "guess"))

    server.process.send_signal(signal.SIGQUIT)  # as after a crash: no clean shutdown
    server.process.wait()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")  # an id used again
    again = server.restart()

    assert again.url == server.url
    assert scalar(again.url, "SELECT 1") == 1
    again.stop()


def test_postgres_runs_in_a_folder_with_spaces_and_letters_of_any_script(tmp_path: Path):
    server = start_postgres(tmp_path / "Meine Daten" / "数据 ünï", durable=False)
    assert scalar(server.url, "SELECT 1") == 1
    server.stop()
    again = server.restart()
    assert scalar(again.url, "SELECT 1") == 1
    again.stop()


def test_valkey_wants_its_password_and_keeps_its_address_over_a_restart(tmp_path: Path):
    server = start_valkey(tmp_path)
    with redis.Redis.from_url(server.url) as client:
        assert client.ping() is True
        port = client.connection_pool.connection_kwargs["port"]
    with redis.Redis(port=port, retry=ONCE) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    server.stop()

    again = server.restart()
    assert again.url == server.url
    with redis.Redis.from_url(again.url) as client:
        assert client.ping() is True
    again.stop()


def test_a_program_that_cannot_start_says_why(tmp_path: Path):
    start_postgres(tmp_path, durable=False).stop()
    (tmp_path / "data" / "postgresql.conf").write_text("nonsense = on\n")
    with pytest.raises(ServerError, match=r"PostgreSQL ended with 1: .*contains errors"):
        start_postgres(tmp_path)


def test_servers_end_when_their_parent_is_killed(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from embedded.servers import *;"
        "folder = Path(sys.argv[1]);"
        "servers = start_postgres(folder / 'pg', durable=False), start_valkey(folder / 'valkey');"
        "print(*(server.url for server in servers), flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    postgres_url, valkey_url = parent.stdout.readline().split()
    assert scalar(postgres_url, "SELECT 1") == 1

    parent.kill()
    parent.communicate()

    start_postgres(tmp_path / "pg", durable=False).stop()  # nobody holds the folder
    assert eventually(lambda: not answers(valkey_url))
