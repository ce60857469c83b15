"""A web server of its own, whose limits are short enough to wait for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web_server import WebServer


@pytest.fixture
def server(
    transactional_db: None, postgres_url: str, valkey_url: str, tmp_path: Path
) -> Iterator[WebServer]:
    """One process of gunicorn with the limits of tests.config.short_limits."""
    server = WebServer(
        postgres_url=postgres_url,
        redis_url=valkey_url,
        log=tmp_path / "gunicorn.log",
        config="tests.config.short_limits",
    )
    yield server
    server.stop()
