"""The health of a file of prompts: what its import shows before it is confirmed, and keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.health.base import Finding, examined, found, put
from labeling.health.checks import PAIRS, PROMPTS
from labeling.health.checks.items import Asked, Pair
from labeling.health.repairs import REPAIRS


def of_prompts(rows: Sequence[Asked], offered: Mapping[str, Sequence[int]]) -> list[Finding]:
    """Of a file with these good rows. offered: see repairs.Reading."""
    return [*_mended(offered), *examined(PROMPTS, rows)]


def of_pairs(pairs: Sequence[Pair]) -> list[Finding]:
    """Of a file whose labels prefer one text to another."""
    return examined(PAIRS, pairs)


class Report:
    """The same of a file whose rows come in parts, each prompt and each pair once."""

    def __init__(self) -> None:
        self._prompts = [check.look() for check in PROMPTS]
        self._pairs = [check.look() for check in PAIRS]

    def add(self, rows: Sequence[Asked], pairs: Sequence[Pair]) -> None:
        """Look at the next part."""
        put(self._prompts, rows)
        put(self._pairs, pairs)

    def findings(self, offered: Mapping[str, Sequence[int]]) -> list[Finding]:
        """What was found so far."""
        return [*_mended(offered), *found(self._prompts), *found(self._pairs)]


def told(kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings, as an import keeps them, with their labels; none of a check that is no more."""
    labels = {repair.name: repair.label for repair in REPAIRS}
    labels |= {check.name: check.label for check in PROMPTS}
    labels |= {check.name: check.label for check in PAIRS}
    known = [each for each in kept if each["check"] in labels]
    return [
        {**each, "label": labels[each["check"]], "more": each["count"] - len(each["lines"])}
        for each in known
    ]


def _mended(offered: Mapping[str, Sequence[int]]) -> list[Finding]:
    return [Finding.of(name, lines) for name, lines in offered.items() if lines]
