"""Whoever wants to know how far a file is."""

from collections.abc import Callable

# (bytes so far, bytes in all or None where the server does not know)
Progress = Callable[[int, int | None], None]
