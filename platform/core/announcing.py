"""What happens is announced to whoever listens, in the transaction in which it happens.

So what is rolled back was never told, and what is stored is never forgotten. Listeners write rows
and no more: they keep the transaction waiting.
"""

from collections.abc import Mapping
from typing import Any, Protocol


class Listener(Protocol):
    """Is told of each thing that happens."""

    def __call__(self, event: str, *, project: int, data: Mapping[str, Any]) -> None:
        """Note that `event` has happened in the project of this id; data: what it is about."""


_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have `listener` told of all that is announced; its app's `ready` does so."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(event: str, *, project: int, data: Mapping[str, Any]) -> None:
    """Tell the listeners; call it in the transaction of what it tells."""
    for listener in _listeners:
        listener(event, project=project, data=data)
