"""Parquet from JSON lines, by a process of its own that lives as long as the export.

Encoding would hold up the pages of others; so it is no part of the web process.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

import orjson

from api.exports.limit import Limit
from labeling.datasets import ColumnType

PROCESS = Path(__file__).with_name("parquet_process.py")
PIPE = 2**20  # bytes that wait for the process; Linux lets everybody have as many
READ = 2**18  # bytes
GROUP = 2**22  # bytes of JSON lines in a row group, which the process holds encoded
ROWS_AT_MOST = 8192  # in a row group
AT_ONCE = 4  # processes for each web process, whose memory is what they all take
PROCESSES = Limit(AT_ONCE)


def parquet(lines: Iterable[bytes], columns: Mapping[str, ColumnType]) -> Iterator[bytes]:
    """The rows of `lines` as a Parquet file, as `_write` gives it; BusyError beyond AT_ONCE."""
    return PROCESSES.hold(_write(lines, columns))


def _write(lines: Iterable[bytes], columns: Mapping[str, ColumnType]) -> Iterator[bytes]:
    """The rows of `lines`, each piece some whole JSON lines, as a Parquet file.

    Each piece is answered by what there is of the file, perhaps nothing; the footer comes last.
    EOFError where the process has failed, of which it has written to the log.
    """
    rest = iter(lines)
    first = next(rest, b"")
    rows = first.count(b"\n") * GROUP // max(1, len(first))
    arguments = (orjson.dumps(_named(dict(columns))), str(max(1, min(rows, ROWS_AT_MOST))))
    process = subprocess.Popen(
        [sys.executable, "-P", PROCESS, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        pipesize=PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        os.set_blocking(process.stdin.fileno(), False)
        for piece in chain([first], rest):
            yield _exchange(process.stdin.fileno(), process.stdout.fileno(), piece)
        process.stdin.close()
        while found := process.stdout.read(READ):
            yield found
        if process.wait():
            raise _failed()
    except BrokenPipeError as error:
        raise _failed() from error
    finally:  # first of all killed: it would take the end of its input for the end of the rows
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def _exchange(stdin: int, stdout: int, piece: bytes) -> bytes:
    """Write all of `piece`; what came back meanwhile, since each side waits for the other."""
    left, found = memoryview(piece), []
    with DefaultSelector() as either:
        either.register(stdin, EVENT_WRITE)
        either.register(stdout, EVENT_READ)
        while left:
            for key, _ in either.select():
                if key.fd == stdin:
                    left = left[os.write(stdin, left) :]
                elif come := os.read(stdout, READ):
                    found.append(come)
                else:
                    raise _failed()
    return b"".join(found)


def _failed() -> EOFError:
    return EOFError("the process that writes Parquet has ended")


def _named(column: ColumnType) -> object:
    """The type of a column with names for Python's types, for JSON."""
    if isinstance(column, list):
        return [_named(column[0])]
    if isinstance(column, dict):
        return {name: _named(kind) for name, kind in column.items()}
    return column.__name__
