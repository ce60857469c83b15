"""A process that looks through texts: see labeling.health.texts.

    python texts_process.py BYTES SECONDS <texts >answers

BYTES is how much memory it may take, SECONDS how long it may compute. Each line in is JSON,
{"text", "turns", "is_tagged", "is_compared"}, each line out is the JSON of [language, near]: "" or
"und" where it is unsure, and the number of the first text before it that is nearly the same, or
null. It imports nothing of Rondo: NumPy and SciPy, which it loads, stay out of web processes.
"""

import json
import resource
import sys
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
    """Texts by MinHash: each is asked for what is like it and was there before it."""

    def __init__(self) -> None:
        from datasketch import MinHash, MinHashLSH

        self._blank = MinHash(num_perm=HASHES, hashfunc=zlib.crc32)
        self._near = MinHashLSH(threshold=SHARED, num_perm=HASHES)
        self._there: dict[int, MinHash] = {}

    def add(self, number: int, text: str, turns: int) -> int | None:
        """The first text that is nearly the same as this one; the next are compared with both."""
        sketch = self._blank.copy()
        sketch.update_batch(shingles(text, turns))
        close = [n for n in self._near.query(sketch) if self._is_near(n, sketch)]
        self._near.insert(number, sketch, check_duplication=False)
        self._there[number] = sketch
        return min(close, default=None)

    def _is_near(self, number: int, sketch: Any) -> bool:
        return float(self._there[number].jaccard(sketch)) >= SHARED


def shingles(text: str, turns: int) -> set[bytes]:
    """Its runs of five characters, three where it is not in Latin letters; of so many turns.

    Turns of one conversation share most of their text: those of other numbers have none in common.
    """
    folded = " ".join(text.casefold().split())
    size = 5 if sum(map(str.isascii, folded)) * 2 > len(folded) else 3
    runs = {folded[at : at + size] for at in range(max(1, len(folded) - size + 1))}
    return {f"{turns} {run}".encode() for run in runs}


def main() -> None:
    """Answer each line in its turn."""
    texts = [json.loads(line) for line in sys.stdin.buffer]
    tag = tagger() if any(each["is_tagged"] for each in texts) else None
    compared = Compared() if sum(each["is_compared"] for each in texts) > 1 else None
    for number, each in enumerate(texts):
        text = each["text"][-LENGTH:]
        language = tag(text) if tag and each["is_tagged"] else ""
        is_compared = compared and each["is_compared"]
        near = compared.add(number, text, each["turns"]) if compared and is_compared else None
        sys.stdout.write(json.dumps([language, near]) + "\n")


if __name__ == "__main__":
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
