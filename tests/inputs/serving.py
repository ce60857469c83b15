"""The web server in its own processes: waited for, killed."""

import os
import signal
import time
from collections.abc import Callable

from tests.web_server import WebServer

SECONDS = 120  # that a machine which does much else may take


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill(server: WebServer) -> None:
    """SIGKILL to all that answer; others come in their places."""
    for process in server.processes():
        os.kill(process, signal.SIGKILL)
