"""Progress bars, where a person looks at them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from rondo_client import progress
from rondo_client.waiting import Watch


class Bar:
    """One line on standard error that is gone at the end; nothing where nobody would see it."""

    def __init__(self, title: str, shown: Progress | None) -> None:
        self._shown = shown
        self._task = None if shown is None else shown.add_task(title, total=None)

    @property
    def progress(self) -> progress.Progress | None:
        """Told of the bytes of a file."""
        return self._tell if self._shown else None

    @property
    def watch(self) -> Watch | None:
        """Told how what is waited for stands."""
        return self._say if self._shown else None

    def _tell(self, done: int, total: int | None) -> None:
        if self._shown is not None and self._task is not None:
            self._shown.update(self._task, completed=done, total=total)

    def _say(self, text: str, done: int, total: int | None) -> None:
        if self._shown is not None and self._task is not None:
            self._shown.update(self._task, description=text, completed=done, total=total)


@contextmanager
def bar(title: str, *, of_bytes: bool, quiet: bool) -> Iterator[Bar]:
    """A bar with a title. of_bytes: of a file, else of something that is waited for."""
    if quiet or not sys.stderr.isatty():
        yield Bar(title, None)
        return
    of_file = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    of_work = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        *(of_file if of_bytes else of_work),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield Bar(title, shown)
