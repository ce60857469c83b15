"""Personal data taken out of texts, a mark in its place."""

from typing import Any

from labeling.health.personal import KINDS


def redacted(value: Any) -> Any:
    """A text, or a JSON value with all its texts, without personal data; keys stay."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [redacted(each) for each in value]
    if isinstance(value, dict):
        return {key: redacted(each) for key, each in value.items()}
    return value


def _text(text: str) -> str:
    """Of two that overlap the kind that comes first in KINDS holds: a card is no telephone."""
    taken: list[tuple[int, int, str]] = []
    for kind in KINDS:
        for start, end in kind.found(text):
            if not any(start < until and at < end for at, until, _mark in taken):
                taken.append((start, end, kind.mark))
    for start, end, mark in sorted(taken, reverse=True):
        text = f"{text[:start]}{mark}{text[end:]}"
    return text
