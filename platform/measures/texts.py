"""How alike two texts are: shown beside figures of agreement, never averaged in."""

import unicodedata

from rapidfuzz.distance import Levenshtein


def similarity(one: str, other: str) -> float:
    """1 - edits / length of the longer one, in [0, 1]; 1 for two empty texts.

    Edits are Levenshtein's (1966): a character put in, taken out or replaced. Needs no words, so it
    serves Chinese as well. NFC, and white space folded, since neither is what somebody changed.
    """
    return float(Levenshtein.normalized_similarity(_folded(one), _folded(other)))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
