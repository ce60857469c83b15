"""What two people marked of one text: spans, pairs of a start and an end that is no part of it."""

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same places, each once, in their order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def length(spans: Iterable[Span]) -> int:
    """How many places they cover; each once where they are merged."""
    return sum(end - start for start, end in spans)


def overlap(one: Sequence[Span], other: Sequence[Span]) -> int:
    """How many places are in both; each of the two merged.

    2 * overlap / (length + length) is F1 of the one against the other, whichever is the truth.
    """
    found = place = 0
    for start, end in one:
        while place < len(other) and other[place][1] <= start:
            place += 1
        for begin, stop in other[place:]:
            if begin >= end:
                break
            found += min(end, stop) - max(start, begin)
    return found


def meets(part: Span, spans: Iterable[Span]) -> bool:
    """Whether any of `spans` covers a place of `part`."""
    return any(start < part[1] and part[0] < end for start, end in spans)
