"""Parquet, and streams of Arrow as `datasets.save_to_disk` writes them, unpacked apart.

That is: by a process of its own that may take so much memory, time and no more.
Decoding would hold up the pages of others, and a few kilobytes may unpack to any size: so it is no
part of the web process (ARCHITECTURE.md).
"""

import shutil
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.utils.translation import gettext as _

from core import limits
from core.errors import BadInputError, BusyError
from labeling.file_text import LONGEST
from labeling.readers.base import Columns, Entry, LineError, Source
from labeling.readers.cells import read_cells
from labeling.readers.parquet_process import TOO_MANY
from labeling.readers.strict_json import DECODER, value_of

MAGIC = b"PAR1"
ARROW = b"\xff\xff\xff\xff"  # the marker of a first message
PROCESS = Path(__file__).with_name("parquet_process.py")
MEMORY = 512 * 2**20  # bytes that the process may take
SECONDS = 30  # that it may compute
UNPACKED = 4 * limits.IMPORT_FILE  # bytes of all rows as JSON
AT_ONCE = 2  # processes for each web process
WAIT = 10.0  # seconds for one of them to end
PLACES = threading.BoundedSemaphore(AT_ONCE)


def source(file: IO[bytes], columns: Columns, *, most: int) -> Source:
    """The file as rows; entries raise BadInputError where it cannot be read to its end.

    most: rows that are of use. A file of more is refused before the first of them.
    """
    file.seek(0)
    form = "Parquet" if file.read(len(MAGIC)) == MAGIC else "Arrow"
    return Source(form=form, entries=_entries(file, columns, most), unit="row")


def is_one(head: bytes) -> bool:
    """Whether a file that begins so is one of them."""
    return head.startswith((MAGIC, ARROW))


def _entries(file: IO[bytes], columns: Columns, most: int) -> Generator[Entry, None, None]:
    """Rows, counted from 1; values that are missing are left out."""
    for number, line in enumerate(_lines(file, most), start=1):
        value = value_of(DECODER.decode, line.decode(), number)
        if isinstance(value, LineError):
            value = LineError(line=number, message=value.message, unit="row")
        elif isinstance(value, dict):
            present = {name: part for name, part in value.items() if part is not None}
            value = columns.named(present, number, "row")
            if isinstance(value, dict):
                value = read_cells(value, number, columns)
        yield number, value


def _lines(file: IO[bytes], most: int) -> Iterator[bytes]:
    """JSON lines of the rows; BusyError when too many such files are read at once."""
    if not PLACES.acquire(timeout=WAIT):
        raise BusyError(
            _("Several Parquet files are being read for others just now. Try again in a minute.")
        )
    process = None
    try:
        with _on_disk(file) as content:
            process = subprocess.Popen(
                [sys.executable, "-I", PROCESS, str(MEMORY), str(SECONDS), str(most)],
                bufsize=2**16,  # what a pipe holds: each read may wait for its turn
                stdin=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # of files of others: nothing to look at in a log
            )
            yield from _rows_of(process, most)
    finally:
        if process:
            _end(process)
        PLACES.release()


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file from its beginning, as another process can read it."""
    file.seek(0)
    try:
        file.fileno()
    except OSError:  # it is in memory
        with TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield copy
    else:
        yield file


def _rows_of(process: "subprocess.Popen[bytes]", most: int) -> Iterator[bytes]:
    assert process.stdout is not None
    left = UNPACKED
    while line := process.stdout.readline(LONGEST):
        left -= len(line)
        if len(line) == LONGEST:
            what = _("A row has more than %(most)s MB.")
            raise BadInputError(what % {"most": LONGEST // 2**20})
        if left < 0:
            raise BadInputError(
                _("The file holds more than %(most)s MB when unpacked: split it.")
                % {"most": UNPACKED // 2**20}
            )
        if not line.endswith(b"\n"):  # it ended within a row
            raise _unreadable()
        yield line
    status = process.wait()
    if status == TOO_MANY:
        raise BadInputError(
            _("The file has more than %(most)s entries: split it.") % {"most": most}
        )
    if status:
        raise _unreadable()


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    if process.stdout:
        process.stdout.close()
    process.wait()


def _unreadable() -> BadInputError:
    return BadInputError(
        _(
            "This Parquet or Arrow file cannot be read: it is damaged or encrypted, or takes more"
            " than %(memory)s MB to unpack. Write it again with smaller row groups, or as JSON"
            " lines."
        )
        % {"memory": MEMORY // 2**20}
    )
