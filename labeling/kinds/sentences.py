"""Parts of a text that together are the text: sentences, and what lies between any cuts.

Offsets count the Unicode code points of the text as it is stored, as Python does.
"""

import re
from collections.abc import Iterable

Part = tuple[int, int]  # start and end; what it ends before is the next one's

_END = re.compile(
    r"""(?:[.!?]+|…+)["'”’)\]*_]*(?=\s)  # then white space
    | [。！？]+["'”’」』）)\]*_]*  # Chinese has none
    | \n""",
    re.VERBOSE,
)
_SHORT = re.compile(r"\b(?:e\.g|i\.e|cf|vs|Dr|Mr|Mrs|Ms|Prof|St|Fig|Eq|No|approx)\.$")
_NUMBER = re.compile(r"[\s*_#>]*\d{1,3}\.")  # "2." at the beginning of a line
_BLANKS = re.compile(r"\s*")


def sentences(text: str) -> list[Part]:
    """The sentences of `text`; a line break ends one as well."""
    return parts(text, sentence_ends(text))


def sentence_ends(text: str) -> list[int]:
    """Where the next sentence begins, for each that has one."""
    return [after(text, found.end()) for found in _END.finditer(text) if _is_end(text, found)]


def parts(text: str, cuts: Iterable[int]) -> list[Part]:
    """What lies between `cuts`; white space alone is no part, but the end of the one before it."""
    found: list[Part] = []
    start = 0
    for cut in [*sorted(set(cuts)), len(text)]:
        if text[start:cut].strip():
            found.append((start, cut))
            start = cut
        elif found:
            found[-1], start = (found[-1][0], cut), cut
    return found or ([(0, len(text))] if text else [])


def after(text: str, place: int) -> int:
    """Behind the white space at `place`, but before the indentation of what follows."""
    blanks = _BLANKS.match(text, place)
    end = blanks.end() if blanks else place
    newline = text.rfind("\n", place - 1, end)  # one that has just ended a line as well
    return end if newline < 0 else newline + 1


def trimmed(text: str, part: Part) -> Part:
    """`part` without the white space at its ends."""
    start, end = part
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def _is_end(text: str, found: re.Match[str]) -> bool:
    if found[0][0] != ".":
        return True
    line = text[text.rfind("\n", 0, found.start()) + 1 : found.end()]
    return not (_NUMBER.fullmatch(line) or _SHORT.search(line))
