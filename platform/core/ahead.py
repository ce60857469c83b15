"""Work on one thing while the next one is made ready."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from typing import TypeVar

from django.utils.translation import get_language, override

T = TypeVar("T")


def ahead(items: Generator[T, None, None]) -> Generator[T, None, None]:
    """The items, of which a thread makes the next one while the caller works on the last.

    It gains what the caller waits: for the database, for a disk. The items are made in the caller's
    language, and may not ask the database, whose connection is the caller's.
    """
    language = get_language()
    with closing(items), ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as thread:
        coming = thread.submit(_next, items, language)
        while found := coming.result():
            coming = thread.submit(_next, items, language)
            yield from found


def _next(items: Iterator[T], language: str | None) -> list[T]:
    """The next one, or none: StopIteration would end the thread's work as an error."""
    with override(language):
        return list(islice(items, 1))
