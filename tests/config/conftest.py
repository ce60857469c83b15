"""A web server of its own, whose limits are short enough to wait for."""

import pytest

from tests.web_server import Start, WebServer


@pytest.fixture
def server(start_server: Start) -> WebServer:
    """One process of gunicorn with the limits of tests.config.short_limits."""
    return start_server(config="tests.config.short_limits")
