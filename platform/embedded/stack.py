"""Rondo on one machine: its folder, its servers, its processes.

Everything lives in one folder (`var/`): `postgres/`, `valkey/`, `log/`, `artifacts/`, `jobs/`,
`secret_key`, and while the stack runs `run.env`, from which a `manage.py` run by hand learns where
the servers listen.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from embedded.servers import Server, ServerError, start_postgres, start_valkey
from embedded.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
MANAGE = (sys.executable, ROOT / "manage.py")
FREE_BYTES = 2**30
HOST = "127.0.0.1"
WEB_SECONDS = 120
STATE = ("postgres", "valkey", "jobs", "artifacts", "log")


class StackError(Exception):
    """The stack cannot start; the message is one line for a person."""


@dataclass(kw_only=True)
class Stack:
    """A running stack. env: what its processes get."""

    folder: Path
    env: dict[str, str]
    supervisor: Supervisor
    servers: dict[str, Server] = field(default_factory=dict)

    def add_workers(self) -> None:
        """Start the two workers; that of the queue `default` is beat as well."""
        celery = (sys.executable, "-m", "celery", "-q", "-A", "workers")
        # Threads: jobs without a model mostly wait, and a trainer is a process of its own anyhow.
        worker = (*celery, "worker", "-P", "threads", "--loglevel", "INFO")
        quiet = ("--without-gossip", "--without-mingle")
        default = ("-Q", "default", "-c", "2", "-n", f"default-{os.getpid()}@%h")
        beat = ("--with-beat", "--schedule", self.folder / "beat-schedule")
        self.supervisor.add("worker", [*worker, *quiet, *default, *beat])
        gpu = ("-Q", "gpu", "-c", "1", "-n", f"gpu-{os.getpid()}@%h")
        # Half a minute, so that a trainer can write its checkpoint.
        self.supervisor.add("gpu", [*worker, *quiet, *gpu], grace=30)

    def add_web(self, port: int) -> None:
        """Start the web server."""
        gunicorn = (sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn")
        self.supervisor.add("web", [*gunicorn, "--bind", f"{HOST}:{port}"])

    def prepare(self) -> None:
        """Bring the database, the translations and the static files up to date."""
        self.supervisor.say("Preparing the database, translations and static files")
        if self.supervisor.run("prepare", [*MANAGE, "prepare"], quiet=True) != 0:
            log = self.folder / "log" / "prepare.log"
            last = log.read_text(errors="replace").strip().rpartition("\n")[2]
            raise StackError(f"The database could not be prepared: {last} (more in {log})")

    def wait_for_web(self) -> None:
        """Return when the web server answers."""
        deadline = time.monotonic() + WEB_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.env['SITE_URL']}/healthz", timeout=2):
                    return
            except urllib.error.HTTPError:
                return  # it answers
            except OSError:
                self.poll()
        raise StackError(f"The web process does not answer: see {self.folder}/log/web.log")

    def poll(self) -> None:
        """One turn of the supervisor; an embedded server that died is started again."""
        self.supervisor.poll()
        for name, server in self.servers.items():
            if server.process.poll() is not None:
                self.supervisor.say(f"{server.name} ended, starting it again")
                try:
                    self.servers[name] = server.restart()
                except ServerError as error:  # tried again at the next turn
                    self.supervisor.say(str(error))

    def start_servers(self) -> None:
        """Start what DATABASE_URL and REDIS_URL do not name, and write down where it listens."""
        if "DATABASE_URL" not in self.env:
            self.servers["DATABASE_URL"] = start_postgres(self.folder / "postgres")
        if "REDIS_URL" not in self.env:
            self.servers["REDIS_URL"] = start_valkey(self.folder / "valkey")
        self.env.update({name: server.url for name, server in self.servers.items()})
        self.supervisor.env.update(self.env)
        names = ("SECRET_KEY", "SITE_URL", "DATABASE_URL", "REDIS_URL")
        run_env = self.folder / "run.env"
        _write_private(run_env, "".join(f"{name}={self.env[name]}\n" for name in names))

    def stop_servers(self) -> None:
        """End the servers after everybody who uses them."""
        (self.folder / "run.env").unlink(missing_ok=True)
        for server in reversed(self.servers.values()):
            server.stop()


@contextlib.contextmanager
def open_stack(folder: Path, *, port: int | None = None, fresh: bool = False) -> Iterator[Stack]:
    """The stack in `folder`, with its servers; all its processes have ended on the way out.

    port: where the web process is going to listen.

    fresh: without what an earlier run left, and with servers of its own even where DATABASE_URL and
    REDIS_URL name others.
    """
    folder, site_url = folder.resolve(), f"http://{HOST}:{port or 8000}"
    _make_folder(folder)
    with _locked(folder, site_url=site_url):
        if port is not None:
            _require_port(port)
        if fresh:
            for name in STATE:
                shutil.rmtree(folder / name, ignore_errors=True)
        env = dict(os.environ)
        if fresh:
            for name in ("DATABASE_URL", "REDIS_URL"):
                env.pop(name, None)
        env["RONDO_VAR"], env["SITE_URL"] = str(folder), site_url
        env["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "platform")))
        env.setdefault("SECRET_KEY", _secret_key(folder))
        # Celery's advice against root is for machines that strangers reach.
        env.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser")
        os.chdir(ROOT)
        with Supervisor(folder, env=env) as supervisor:
            stack = Stack(folder=folder, env=env, supervisor=supervisor)
            try:
                stack.start_servers()
                yield stack
            except ServerError as error:
                raise StackError(str(error)) from error
            finally:
                supervisor.stop()
                stack.stop_servers()


def _require_port(port: int) -> None:
    """StackError when something else listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StackError(
                f"Port {port} of {HOST} is taken by another program:"
                f" end that, or choose another port with `make demo PORT={port + 1}`."
            ) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise StackError(f"The folder {folder} cannot be used: {error.strerror}.") from error
    if free < FREE_BYTES:
        raise StackError(
            f"The disk of {folder} has {free / 2**20:.0f} MB left; 1 GB is needed to start."
        )


@contextlib.contextmanager
def _locked(folder: Path, *, site_url: str) -> Iterator[IO[str]]:
    """Hold the folder's lock, which the kernel releases when this process ends."""
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            pid, _, url = lock.read().strip().partition(" ")
            raise StackError(
                f"Rondo already runs in {folder} (process {pid}): {url or site_url}"
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()} {site_url}\n")
        lock.flush()
        yield lock


def _secret_key(folder: Path) -> str:
    """The key that signs sessions, made once."""
    path = folder / "secret_key"
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(50) + "\n")
    return path.read_text().strip()


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; never half of it."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
