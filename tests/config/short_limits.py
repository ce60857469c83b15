"""The web server's settings with limits that a test can wait for."""

import socket
from typing import Any

from config.gunicorn import *  # noqa: F403
from core import limits

workers = 1
limits.HEAD_SECONDS = limits.SILENCE_SECONDS = limits.READER_SECONDS = 1.0
limits.CONNECTIONS_OF_ONE_ADDRESS = 20
limits.ANSWER_SECONDS = 2.0


def post_worker_init(worker: Any) -> None:
    """The system keeps little of an answer, so that a test need not send megabytes."""
    for listener in worker.sockets:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
