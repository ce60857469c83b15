"""Spans that two people marked in one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.spans import Span, length, meets, merged, overlap

SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair)))
)


def places(spans: list[Span]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([], []),
        ([(5, 9), (0, 3)], [(0, 3), (5, 9)]),
        ([(0, 3), (3, 5), (4, 9)], [(0, 9)]),
        ([(0, 9), (2, 4)], [(0, 9)]),
    ],
)
def test_merged_spans_hold_each_place_once(spans: list[Span], found: list[Span]) -> None:
    assert merged(spans) == found


@given(SPANS, SPANS)
def test_lengths_and_overlaps_count_places(one: list[Span], other: list[Span]) -> None:
    assert length(merged(one)) == len(places(one))
    assert overlap(merged(one), merged(other)) == len(places(one) & places(other))


@given(SPANS, st.integers(0, 30), st.integers(1, 9))
def test_a_part_meets_what_covers_a_place_of_it(spans: list[Span], start: int, more: int) -> None:
    part = (start, start + more)
    real = [span for span in spans if span[0] < span[1]]
    assert meets(part, real) == bool(places([part]) & places(real))
