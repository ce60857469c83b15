"""Which runs of one person's answers stand out."""

from random import Random

import pytest

from quality.flags import runs


def test_the_same_ranks_again_and_again_stand_out_and_the_answers_between_do_not() -> None:
    same, tied = [(0, 1)] * 18, [(0, 0)] * 10
    mixed = [(0, 1), (1, 0)] * 6

    found = runs([*mixed, *same, (1, 0), *tied])

    assert sorted(found) == [*range(12, 30), *range(31, 41)]
    assert found[12] == {"line": {"length": 18, "chance": pytest.approx(24 / 2**17)}, "place": None}
    assert found[31] == {"line": {"length": 10, "chance": None}, "place": None}


def test_the_same_place_first_stands_out_where_the_rest_is_ordered_anew() -> None:
    draw = Random(0)
    patterns = [(*draw.sample([1, 2, 3], 2), 0, 4) for _ in range(9)]
    free = [tuple(draw.sample(range(4), 4)) for _ in range(60)]

    found = runs(patterns)

    assert {n: why["place"]["place"] for n, why in found.items()} == dict.fromkeys(range(9), 3)
    assert {why["line"] for why in found.values()} == {None}
    assert runs(free) == {}
    assert runs([]) == runs([(0,)] * 30) == {}
