"""Against the sources' definitions, hand-computed examples and all relabelings there are."""

from itertools import combinations, permutations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.orders import (
    Places,
    Sums,
    beyond_chance,
    distance,
    expected_distance,
    places,
    task_sums,
    tau_b,
    top_overlap,
    unacceptable_agreement,
)

ITEMS = 4
rankings = st.lists(st.integers(0, ITEMS - 1), min_size=ITEMS, max_size=ITEMS).map(
    lambda tiers: dict(enumerate(tiers))
)


def strict(order: str) -> Places:
    return places([[ord(letter)] for letter in order])


def test_unacceptable_completions_are_the_last_tier() -> None:
    assert places([[3, 1], [4]], [2]) == {3: 0, 1: 0, 4: 1, 2: 2}
    assert places([], [1, 2]) == {1: 0, 2: 0}
    with pytest.raises(ValueError, match="completion 1 has two places"):
        places([[1], [2]], [1])


def test_distance_counts_opposite_pairs_1_and_half_tied_ones_a_half() -> None:
    # a > b = c > d against b > a > c > d: a-b opposite, b-c tied by one only, four alike
    assert distance(places([[1], [2, 3], [4]]), places([[2], [1], [3], [4]])) == 1.5 / 6
    assert distance(strict("abcd"), strict("dcba")) == 1
    assert distance(places([[1, 2], [3]]), places([[1, 2]], [3])) == 0
    assert distance(places([[1, 2, 3]]), strict("\1\2\3")) == 0.5


def test_only_rankings_of_the_same_completions_have_a_distance() -> None:
    with pytest.raises(ValueError, match="same completions"):
        distance(strict("ab"), strict("ac"))
    with pytest.raises(ValueError, match="two at the least"):
        distance(strict("a"), strict("a"))


@given(rankings, rankings, rankings)
def test_distance_is_a_metric_of_orders(one: Places, two: Places, three: Places) -> None:
    assert distance(one, one) == 0
    assert distance(one, two) == distance(two, one)
    assert 0 <= distance(one, two) <= 1
    assert distance(one, three) <= distance(one, two) + distance(two, three) + 1e-12
    alike = all(
        (one[a] > one[b]) - (one[a] < one[b]) == (two[a] > two[b]) - (two[a] < two[b])
        for a, b in combinations(one, 2)
    )
    assert (distance(one, two) == 0) is alike


@given(rankings, rankings, st.permutations(range(ITEMS)))
def test_names_of_completions_do_not_matter(one: Places, two: Places, names: list[int]) -> None:
    renamed = [{names[item]: tier for item, tier in each.items()} for each in (one, two)]

    assert distance(*renamed) == distance(one, two)
    assert expected_distance(*renamed) == expected_distance(one, two)
    assert tau_b(*renamed) == tau_b(one, two)


@given(rankings, rankings)
def test_expected_distance_is_the_mean_over_all_relabelings(one: Places, two: Places) -> None:
    relabeled = [
        {name: two[item] for item, name in zip(two, order, strict=True)}
        for order in permutations(two)
    ]

    assert expected_distance(one, two) == pytest.approx(fmean(distance(one, r) for r in relabeled))


@given(st.permutations(range(ITEMS)), st.permutations(range(ITEMS)))
def test_beyond_chance_is_kendalls_tau_for_strict_rankings(one: list[int], two: list[int]) -> None:
    both = [dict(enumerate(one)), dict(enumerate(two))]

    assert beyond_chance([task_sums(both)]) == pytest.approx(tau_b(*both))


def test_over_tasks_it_is_the_ratio_of_sums() -> None:
    same = [strict("abc"), strict("abc")]
    coarse = [places([[1, 2, 3], [4]]), places([[4], [1, 2, 3]])]  # d = 1/2, D_e = 3/8

    assert task_sums(coarse) == Sums(observed=1.0, expected=0.75)
    assert beyond_chance(map(task_sums, [same, coarse])) == pytest.approx(1 - 1.0 / 1.75)
    assert beyond_chance([task_sums([places([[1, 2]]), places([[1, 2]])])]) is None
    assert beyond_chance([]) is None


def test_each_ranking_of_a_task_weighs_the_same() -> None:
    three = task_sums([strict("abc"), strict("abc"), strict("cba")])

    assert three == Sums(observed=2.0, expected=1.5)  # 3 rankings, mean distance 2/3
    with pytest.raises(ValueError, match="two rankings"):
        task_sums([strict("abc")])


def test_tau_b_is_that_of_scipy() -> None:
    one = dict(enumerate([12, 2, 1, 12, 2]))
    other = dict(enumerate([1, 4, 7, 1, 0]))

    assert tau_b(one, other) == pytest.approx(-0.47140452079103173)  # scipy's own example
    assert tau_b(places([[1, 2]]), strict("\1\2")) is None


def test_overlap_of_the_best_tiers_and_agreement_on_the_unacceptable() -> None:
    assert top_overlap([[1, 2], [3]], [[2], [1], [3]]) == 0.5
    assert top_overlap([], [[1]]) == 0
    assert top_overlap([], []) == 1
    assert unacceptable_agreement([1, 2], [2], of=4) == 0.75
    assert unacceptable_agreement([], [], of=4) == 1
    with pytest.raises(ValueError, match="has completions"):
        unacceptable_agreement([], [], of=0)
