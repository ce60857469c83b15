"""A real S3 server for tests (moto's), in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BUCKET = "rondo"
KEYS = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "something"}


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address; a bucket is there."""
    import s3fs

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("s3") / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                "-W",
                "ignore",
                "-m",
                "moto.server",
                "-H",
                "127.0.0.1",
                "-p",
                str(port),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true"},
        )
    try:
        _wait(port, server, log)
        url = f"http://127.0.0.1:{port}"
        given = {"key": KEYS["AWS_ACCESS_KEY_ID"], "secret": KEYS["AWS_SECRET_ACCESS_KEY"]}
        s3fs.S3FileSystem(endpoint_url=url, **given).mkdir(BUCKET)
        yield url
    finally:
        server.kill()
        server.wait()


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if server.poll() is not None:
                pytest.fail(log.read_text())
            time.sleep(0.1)
        else:
            return


def use(settings: Any, url: str, cache: Path, *, endpoint: str = "") -> None:
    """Let the artifact store be at `url`, and `cache` the folder of copies."""
    settings.STORE_URL, settings.ARTIFACTS = url, cache
    keys = {"key": KEYS["AWS_ACCESS_KEY_ID"], "secret": KEYS["AWS_SECRET_ACCESS_KEY"]}
    settings.STORE_KEYS = {"endpoint_url": endpoint, **keys}
