"""How fast somebody must have read, against how fast people read.

Brysbaert 2019, "How many words do we read per minute?": 238 words a minute for English non-fiction
read in silence, most adults 175 to 300; other languages as the number of words that they need. What
they need is in Trauzettel-Klosinski and Dietz 2012 (IReST): the same texts in 17 languages, aloud.
"""

import math
import unicodedata

ENGLISH = 238.0  # words a minute
# Words a minute aloud; characters where words have no blanks between them.
ALOUD = {
    "ar": 138,
    "de": 179,
    "en": 228,
    "es": 218,
    "fi": 161,
    "fr": 195,
    "he": 187,
    "it": 188,
    "ja": 357,
    "nl": 202,
    "pl": 166,
    "pt": 181,
    "ru": 184,
    "sl": 180,
    "sv": 199,
    "tr": 166,
    "zh": 255,
}
BY_CHARACTER = {"ja", "zh"}
# Rayner et al. 2016, "So much to read, so little time": from twice the usual on it is skimming.
SKIMMING = 2.0


def usual_rate(language: str) -> float | None:
    """Units that people read in silence in a minute; None for a language without a figure.

    language: its code, as in `en` or `zh-hans`, of which only the first part counts.
    """
    aloud = ALOUD.get(_primary(language))
    return None if aloud is None else aloud * ENGLISH / ALOUD["en"]


def units(text: str, language: str) -> int:
    """Words of `text`; letters and digits where the language has no blanks between words."""
    if by_character(language):
        return sum(unicodedata.category(character)[0] in "LN" for character in text)
    return sum(any(map(str.isalnum, word)) for word in text.split())


def times_usual(texts: dict[str, int], seconds: float) -> float | None:
    """How many times as fast as usual all of a page was read: the usual time over `seconds`.

    texts: the units of each language on the page. Infinite for no time, 0 for no text; None where a
    language has no figure. From SKIMMING on it was not read.
    """
    usual = usual_seconds(texts)
    if usual is None:
        return None
    if not usual:
        return 0.0
    return usual / seconds if seconds > 0 else math.inf


def usual_seconds(texts: dict[str, int]) -> float | None:
    """How long people read all of a page, as in `times_usual`; None as there."""
    usual = 0.0
    for language, count in texts.items():
        rate = usual_rate(language)
        if rate is None:
            return None
        usual += 60 * count / rate
    return usual


def by_character(language: str) -> bool:
    """Whether `units` counts letters and digits instead of words."""
    return _primary(language) in BY_CHARACTER


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
