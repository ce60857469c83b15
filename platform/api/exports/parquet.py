"""Parquet from JSON lines, by a process of its own that lives as long as the export.

pyarrow takes 60 MB that a web process would never give back, and encoding would hold up the pages
of others; so it is no part of the web process.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

import orjson

from labeling.datasets import ColumnType

GROUP_BYTES = 4 * 2**20  # of JSON lines in a row group
PROCESS = Path(__file__).with_name("parquet_process.py")
# Each row group's memory goes back at once: 77 MB at the most instead of 118.
SMALL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}


def parquet(pieces: Iterable[bytes], columns: Mapping[str, ColumnType]) -> Iterator[bytes]:
    """The rows of `pieces`, each some JSON lines, as a Parquet file; its footer comes last."""
    command = [sys.executable, "-P", str(PROCESS)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **SMALL}
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        head = {"columns": _named(dict(columns)), "group_bytes": GROUP_BYTES}
        _send(process.stdin, orjson.dumps(head))
        asked = False
        for piece in pieces:  # is made while the process works on the one before
            if asked:
                yield _receive(process.stdout)
            if piece:
                _send(process.stdin, piece)
            asked = bool(piece)
        if asked:
            yield _receive(process.stdout)
        _send(process.stdin, b"")
        yield _receive(process.stdout)
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def _named(column: ColumnType) -> object:
    """The type of a column with names for Python's types, for JSON."""
    if isinstance(column, list):
        return [_named(column[0])]
    if isinstance(column, dict):
        return {name: _named(kind) for name, kind in column.items()}
    return column.__name__


def _send(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(len(content).to_bytes(8, "little") + content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """One message; EOFError where the process has failed, of which it has written to the log."""
    size = int.from_bytes(_exactly(pipe, 8), "little")
    return _exactly(pipe, size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError("the process that writes Parquet has ended")
    return content
