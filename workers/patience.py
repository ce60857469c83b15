"""Outliving a restart of the database: what a training process made must not be lost to it."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
LIMIT_SECONDS = 300.0
PAUSE_SECONDS = 1.0


def patiently(write: Callable[[], Result], *, limit: float = LIMIT_SECONDS) -> Result:
    """What `write` returns; tried for `limit` seconds while the database cannot be reached."""
    deadline = time.monotonic() + limit
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if time.monotonic() > deadline:
                raise
            logger.warning("database unavailable, trying again: %s", error)
            time.sleep(PAUSE_SECONDS)
