"""Numbers at places of JSON, such as ids: "texts.*.completion" names one in each row of `texts`."""

from collections.abc import Callable
from typing import Any

EACH = "*"
KEYS = "@"
Number = Callable[[int], int]


def replaced(said: Any, place: str, to: Number) -> Any:
    """`said` with each number at `place` as `to` gives it; as it is where there is none.

    place: keys and positions, parted by dots; `*` is each element or value, `@` at the end the keys
    of an object, and "" is `said` itself. A number that is written as a string stays one.
    """
    return _replaced(said, place.split(".") if place else [], to)


def _replaced(said: Any, steps: list[str], to: Number) -> Any:
    if not steps:
        return _number(said, to)
    step, rest = steps[0], steps[1:]
    if isinstance(said, dict):
        if step == KEYS:
            return {_number(key, to): value for key, value in said.items()}
        return {
            key: _replaced(value, rest, to) if step in {EACH, key} else value
            for key, value in said.items()
        }
    if isinstance(said, list):
        return [
            _replaced(value, rest, to) if step in {EACH, str(n)} else value
            for n, value in enumerate(said)
        ]
    return said


def _number(said: Any, to: Number) -> Any:
    if isinstance(said, int) and not isinstance(said, bool):
        return to(said)
    if isinstance(said, str) and said.isascii() and said.isdecimal():
        return str(to(int(said)))
    return said
