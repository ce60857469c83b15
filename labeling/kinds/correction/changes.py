"""What an edit changed, word by word."""

import re
from difflib import SequenceMatcher

KEPT, REMOVED, ADDED = "kept", "removed", "added"
_IDEOGRAPH = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # of scripts without blanks between words
_WORD = re.compile(rf"(?:[{_IDEOGRAPH}]|[^\W{_IDEOGRAPH}]+|\W)\s*|\s+")


def changes(before: str, after: str) -> list[dict[str, str]]:
    """Pieces in their order: kept and removed ones are `before`, kept and added ones `after`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    # Most of a text stays: what is equal at both ends is taken off, as the rest takes longer.
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [(KEPT, old[:head])]
    for what, a, b, c, d in SequenceMatcher(None, *middle).get_opcodes():
        if what == "equal":
            found.append((KEPT, middle[0][a:b]))
        else:
            found += [(REMOVED, middle[0][a:b]), (ADDED, middle[1][c:d])]
    found.append((KEPT, old[len(old) - tail :]))
    return [{"change": change, "text": "".join(words)} for change, words in found if words]


def _alike(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
