"""A worker says that it is there, of which version, and whether it takes jobs."""

import logging
import os
import threading
from typing import Any

from celery import signals
from django.db import Error as DatabaseError
from django.db import connection

from jobs import services
from workers import launch

logger = logging.getLogger(__name__)

SECONDS = 20.0
_done = threading.Event()


def name_of(hostname: str) -> str:
    """The name of a worker; that of a node is taken over by the process that is started next."""
    return f"{hostname}:{os.getpid()}"


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
def begin(sender: Any, **_: object) -> None:
    """Report in a thread of its own, as long as the worker lives."""
    queues = sorted(sender.app.amqp.queues.consume_from)
    words = name_of(sender.hostname), queues
    threading.Thread(target=_report, args=words, name="presence", daemon=True).start()


@signals.worker_shutdown.connect  # type: ignore[untyped-decorator]
def end(sender: Any, **_: object) -> None:
    """The last word."""
    _done.set()
    try:
        services.leave(name=name_of(sender.hostname))
    except DatabaseError as error:
        logger.warning("cannot say that this worker ends: %s", error)


def _report(name: str, queues: list[str]) -> None:
    said = ""
    while not _done.is_set():
        try:
            processes, shards = launch.sharing()
            reason = services.report(name=name, queues=queues, processes=processes, shards=shards)
            if reason and reason != said:
                logger.error("this worker takes no jobs: %s. Start all of one version.", reason)
            said = reason
        except DatabaseError as error:
            logger.warning("cannot say that this worker lives: %s", error)
        connection.close()
        _done.wait(SECONDS)
