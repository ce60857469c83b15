"""The web server as a process of its own, on the tests' database."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
Start = Callable[..., "WebServer"]  # the fixture `start_server`


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


class WebServer:
    """gunicorn with two processes, as `make demo` starts it."""

    def __init__(
        self,
        *,
        postgres_url: str,
        redis_url: str,
        log: Path,
        config: str = "config.gunicorn",
        port: int = 0,
        **settings: str,
    ) -> None:
        self.port = port or free_ports(1)[0]
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "DATABASE_URL": f"{postgres_url.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}",
            "REDIS_URL": redis_url,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "WEB_PROCESSES": "2",
            "WEB_THREADS": "2",
            **settings,
        }
        words = ["--config", f"python:{config}", "--bind", f"127.0.0.1:{self.port}"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *words],
                env=env,
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 180  # far above what a quiet machine needs
        # The first process may answer before the second is forked.
        processes = 2 if config == "config.gunicorn" else 1
        while self.get("/accounts/login/") is None or len(self.processes()) < processes:
            assert self.process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)

    def open(self, path: str, *, session: str = "") -> http.client.HTTPResponse:
        """The answer to a request over a connection of its own, read no further than its head."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        client.request(
            "GET", path, headers={"Cookie": f"sessionid={session}", "Connection": "close"}
        )
        return client.getresponse()

    def get(self, path: str, *, session: str = "") -> int | None:
        """The status of a page; None when nobody listens."""
        try:
            with self.open(path, session=session) as response:
                response.read()
                return response.status
        except OSError:
            return None

    def processes(self) -> list[int]:
        """The ids of those that answer."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(word) for word in listed.split()]

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=60)


@pytest.fixture
def start_server(
    transactional_db: None, postgres_url: str, valkey_url: str, tmp_path: Path
) -> Iterator[Start]:
    """Starts a web server with what `WebServer` takes beside addresses and log; stops them all."""
    started: list[WebServer] = []

    def start(**more: Any) -> WebServer:
        log = tmp_path / "gunicorn.log"
        server = WebServer(postgres_url=postgres_url, redis_url=valkey_url, log=log, **more)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()
