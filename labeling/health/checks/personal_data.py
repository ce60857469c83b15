"""Texts that hold personal data, one check a kind of them."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from labeling.health.base import Check
from labeling.health.checks.items import Asked
from labeling.health.personal import KINDS
from labeling.health.personal.base import Kind


class PersonalData(Check[Asked]):
    """Of one kind, such as addresses of e-mail; in prompts and in what labels say."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self.name = f"personal_{kind.name}"  # type: ignore[misc]
        self.label = kind.label  # type: ignore[misc]
        self.needs = _holds(kind.needs)

    def lines(self, items: Sequence[Asked]) -> Iterable[int]:
        """See Check."""
        return (each.line for each in items if any(self._kind.found(each.texts)))


@cache
def _holds(needed: re.Pattern[str]) -> Callable[[Asked], bool]:
    """The same for kinds that need the same: it is looked for once."""
    return lambda item: needed.search(item.texts) is not None


PERSONAL = tuple(PersonalData(kind) for kind in KINDS)
