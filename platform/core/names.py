"""Names that people take for one another (Unicode TR39's list of confusable characters)."""

import re
import unicodedata
from functools import cache

from confusable_homoglyphs.confusables import confusables_data

MARK = "\u200e"  # the list puts it around letters that are written from right to left
BLANK = "\u2800"  # a pattern of Braille without a dot
# Variation selectors, which an emoji may bring, and what no Unicode has given a look yet.
UNSEEN = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u2065\ufff0-\ufff8]")


def name_key(name: str) -> str:
    """Equal for names that look alike: whatever their case, width, script or blanks."""
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", name)).replace(BLANK, " ").casefold()
    return "".join(map(_letter, " ".join(plain.split())))


@cache
def _letter(character: str) -> str:
    """What stands for `character`, small or capital, and for all that look like it."""
    first = min(map(_look, {character, character.upper()}))
    pair = _pair(first.lower())
    return "".join(map(_letter, pair)) if pair else first


def _look(character: str) -> str:
    """One for each group of the list, in which all lead to one of them, and that one to all."""
    return min(min(_twins(twin)) for twin in _twins(character))


def _pair(character: str) -> str:
    """The letters for which one is taken: "m" for "rn"; none for most."""
    found = confusables_data.get(character, ())
    return found[0]["c"] if len(found) == 1 and len(found[0]["c"].strip(MARK)) > 1 else ""


def _twins(character: str) -> set[str]:
    found = {twin["c"].strip(MARK) for twin in confusables_data.get(character, ())}
    return {character, *(twin for twin in found if len(twin) == 1)}
