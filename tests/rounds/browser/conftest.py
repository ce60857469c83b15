"""The web server's application in a thread: streams need it, the test client's server has none."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

from config.bridge import Bridge
from jobs import feed
from tests.browser import Watch


@pytest.fixture
def asgi_url(live_server: object, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the server; pages may talk to it."""
    # Its one thread ends with the test, and so must the connection that it keeps.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    listener = socket.socket()
    listener.bind(("localhost", 0))
    url = f"http://localhost:{listener.getsockname()[1]}"
    watch.expected.append(f"request to {url}")
    application = Bridge(StaticFilesHandler(get_wsgi_application()), threads=1)
    config = uvicorn.Config(application, lifespan="off", log_level="error", ws="none")
    config.timeout_graceful_shutdown = 3
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield url
    server.should_exit = True
    thread.join(timeout=10)
    feed.close()
