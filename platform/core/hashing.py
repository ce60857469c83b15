"""Hashing that every table shares: equal content has an equal hash."""

import hashlib
import json
import unicodedata
from typing import Any

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


def canonical_sha256(value: Any) -> str:
    """Hex sha256 of a JSON value: equal for equal values, whatever the order of their keys."""
    return hashlib.sha256(_CANONICAL(value).encode("utf-8")).hexdigest()


def likeness(value: Any) -> str:
    """The same, and equal for texts that differ in white space, line ends, case or Unicode form."""
    return canonical_sha256(_folded(value))


def _folded(part: Any) -> Any:
    match part:
        case str() if part.isascii():  # as below, where Unicode forms change nothing
            return " ".join(part.lower().split())
        case str():
            folded = unicodedata.normalize("NFKC", part).casefold()
            return " ".join(unicodedata.normalize("NFKC", folded).split())
        case list():
            return [_folded(item) for item in part]
        case dict():
            return {key: _folded(item) for key, item in part.items()}
        case _:
            return part
