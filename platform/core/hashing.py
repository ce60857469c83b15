"""Hashing that every table shares: equal content has an equal hash."""

import hashlib
import json
import unicodedata
from typing import Any


def canonical_sha256(value: Any) -> str:
    """Hex sha256 of a JSON value, equal for texts that differ in Unicode form or outer blanks."""

    def normalised(part: Any) -> Any:
        match part:
            case str():
                return unicodedata.normalize("NFC", part).strip()
            case list():
                return [normalised(item) for item in part]
            case dict():
                return {key: normalised(item) for key, item in part.items()}
            case _:
                return part

    text = json.dumps(normalised(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
