"""Servers that are frozen, not dead: their connections stay open and say nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection


def family(pid: int) -> list[int]:
    """A process and its children."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(child for each in listed for child in family(int(each)))]


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A server that is frozen meanwhile, with all its processes."""
    pids = family(pid)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def postgres() -> int:
    """The process of the tests' PostgreSQL; the test is skipped where it runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/status")
    if not status.exists():
        pytest.skip("PostgreSQL runs on another machine: it cannot be stopped from here")
    (parent,) = [line for line in status.read_text().splitlines() if line.startswith("PPid:")]
    return int(parent.split()[1])
