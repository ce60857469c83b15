"""A process that looks through texts: see labeling.health.texts.

    python texts_process.py BYTES SECONDS <texts >answers

BYTES is how much memory it may take, SECONDS how long it may compute. Each line in is JSON,
{"tagged", "compared", "turns"}, two texts or null. Each line out is the JSON of [language, near]:
the language of the first text, "und" where it is unsure, and the number of the first line before
it of which the second text is nearly the same, or null. It imports nothing of Rondo: NumPy and
SciPy, which it loads, stay out of web processes.
"""

import json
import resource
import sys
import unicodedata
import zlib
from collections.abc import Callable
from typing import Any

# Those that people are likely to write in; among all hundred that it knows, short texts in English
# pass as Nigerian Pidgin, and Chinese ones as Cantonese.
LIKELY = [
    "ar",
    "cs",
    "de",
    "el",
    "en",
    "es",
    "fa",
    "fr",
    "he",
    "hi",
    "id",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "ru",
    "sv",
    "th",
    "tr",
    "uk",
    "vi",
    "zh",
]
SURE = 0.5  # of 1
LENGTH = 2000  # characters that are looked at: the last ones
SHARED = 0.8  # of their shingles that two texts share which are nearly the same (Jaccard)
HASHES = 64


def tagger() -> Callable[[str], str]:
    """What tells a text's language, "und" where it is unsure."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(LIKELY)

    def tag(text: str) -> str:
        language, share = found.classify(text)
        return language if share >= SURE else "und"

    return tag


class Compared:
    """Texts by MinHash, those that are like none before them."""

    def __init__(self) -> None:
        from datasketch import MinHash, MinHashLSH

        self._blank = MinHash(num_perm=HASHES, hashfunc=zlib.crc32)
        self._near = MinHashLSH(threshold=SHARED, num_perm=HASHES)
        self._there: dict[int, MinHash] = {}

    def add(self, number: int, text: str, turns: int) -> int | None:
        """The first text that is nearly the same as this one, which then stands for both.

        Texts that have one are compared with no later ones: very many that are alike take no time,
        and where they are left out each is like one that stays.
        """
        sketch = self._blank.copy()
        sketch.update_batch(shingles(text, turns))
        near = min((n for n in self._near.query(sketch) if self._is_near(n, sketch)), default=None)
        if near is None:
            self._near.insert(number, sketch, check_duplication=False)
            self._there[number] = sketch
        return near

    def _is_near(self, number: int, sketch: Any) -> bool:
        return float(self._there[number].jaccard(sketch)) >= SHARED


def shingles(text: str, turns: int) -> set[bytes]:
    """Its runs of five characters, three where it is not in Latin letters; of so many turns.

    Turns of one conversation share most of their text: those of other numbers have none in common.
    """
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    size = 5 if sum(map(str.isascii, folded)) * 2 > len(folded) else 3
    runs = {folded[at : at + size] for at in range(max(1, len(folded) - size + 1))}
    return {f"{turns} {run}".encode() for run in runs}


def main() -> None:
    """Answer each line in its turn."""
    texts = [json.loads(line) for line in sys.stdin.buffer]
    tag = tagger() if any(each["tagged"] is not None for each in texts) else None
    compared = Compared() if sum(each["compared"] is not None for each in texts) > 1 else None
    for number, each in enumerate(texts):
        language, near = "", None
        if tag and each["tagged"] is not None:
            language = tag(each["tagged"][-LENGTH:])
        if compared and each["compared"] is not None:
            near = compared.add(number, each["compared"][-LENGTH:], each["turns"])
        sys.stdout.write(json.dumps([language, near]) + "\n")


if __name__ == "__main__":
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
