"""Work on one thing while the next one is made ready."""

import threading
from collections.abc import Generator, Iterator

import pytest
from django.utils.translation import get_language, override

from core.ahead import ahead


def test_items_come_in_their_order_made_one_ahead_in_the_callers_language() -> None:
    made: list[tuple[int, str | None, bool]] = []
    caller = threading.get_ident()

    def items() -> Generator[int, None, None]:
        for number in range(4):
            made.append((number, get_language(), threading.get_ident() == caller))
            yield number

    with override("zh-hans"):
        assert list(ahead(items())) == [0, 1, 2, 3]

    assert made == [(number, "zh-hans", False) for number in range(4)]


def test_the_next_item_is_made_while_the_last_is_worked_on() -> None:
    second = threading.Event()

    def items() -> Generator[str, None, None]:
        yield "first"
        second.set()
        yield "second"

    for _item in ahead(items()):
        assert second.wait(timeout=30)


def test_what_fails_in_the_making_fails_where_it_is_used() -> None:
    def items() -> Generator[int, None, None]:
        yield 1
        raise LookupError("no more")

    coming: Iterator[int] = ahead(items())
    assert next(coming) == 1
    with pytest.raises(LookupError, match="no more"):
        next(coming)


def test_who_stops_early_closes_what_makes_the_items() -> None:
    closed = threading.Event()

    def items() -> Generator[int, None, None]:
        try:
            yield from range(100)
        finally:
            closed.set()

    coming: Generator[int, None, None] = ahead(items())
    assert next(coming) == 0
    coming.close()

    assert closed.is_set()
