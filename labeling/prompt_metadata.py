"""What a file said of a prompt beside what Rondo knows: shown, and found by its key and value."""

import json
import math
from typing import Any

from django.db.models import Q

from core.text import MAX_DIGITS


def shown(metadata: dict[str, Any]) -> list[tuple[str, str]]:
    """Each key in their order, with its value as pages show it: a text, or the JSON of all else."""
    return [
        (key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in sorted(metadata.items())
    ]


def condition(asked: str) -> Q:
    """The prompts whose metadata fit `asked`: "key = value", or "key" for any value.

    A value stands for the text, for the number, true, false or null that is written so, and for a
    list that holds one of them.
    """
    key, equals, value = (part.strip() for part in asked.partition("="))
    if not equals:
        return Q(metadata__has_key=key)
    found = Q()
    for each in _readings(value):
        found |= Q(metadata__contains={key: each}) | Q(metadata__contains={key: [each]})
    return found


def _readings(value: str) -> list[object]:
    """What may be stored where people write `value`."""
    if len(value) > MAX_DIGITS:
        return [value]
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return [value]
    is_plain = read is None or isinstance(read, bool | int) or _is_finite(read)
    return [value, read] if is_plain else [value]


def _is_finite(read: object) -> bool:
    return isinstance(read, float) and math.isfinite(read)
