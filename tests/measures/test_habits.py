import random
from itertools import permutations

import pytest

from measures.habits import arrangements, best_place, longest_run, place_rates
from measures.intervals import wilson


def test_each_place_is_held_against_its_share() -> None:
    """14 of 20 answers to 3 texts chose the first place; 4 to 2 texts are a group of their own."""
    first, second, third = (0, 1, 1), (1, 0, 2), (2, 1, 0)
    pairs = [(0, 1), (0, 1), (1, 0), (0, 1)]

    found = place_rates([*[first] * 14, *[second] * 4, *[third] * 2, *pairs, (0, 0), (0, 0, 1)])

    assert [(rate.completions, rate.place, rate.rate) for rate in found] == [
        (2, 0, wilson(3 / 4, 4)),
        (2, 1, wilson(1 / 4, 4)),
        (3, 0, wilson(14 / 20, 20)),
        (3, 1, wilson(4 / 20, 20)),
        (3, 2, wilson(2 / 20, 20)),
    ]
    # scipy.stats.binomtest(k, n, 1 / K).pvalue
    exact = [0.625, 0.625, 0.00117953522, 0.24340663241, 0.03056592342]
    assert [rate.p for rate in found] == pytest.approx(exact, rel=1e-5)


def test_no_answers_have_no_rates() -> None:
    assert place_rates([]) == []
    assert place_rates([(0, 0)]) == []
    assert best_place((1, 0, 2)) == 1
    assert best_place((0, 1, 0)) is None


@pytest.mark.parametrize("pattern", [(0, 1, 2, 3), (0, 0, 1, 1), (0, 0, 0), (0, 1, 1, 1, 2)])
def test_arrangements_are_the_different_orders(pattern: tuple[int, ...]) -> None:
    assert arrangements(pattern) == len(set(permutations(pattern)))


def test_a_straight_line_is_found_with_what_chance_makes_of_it() -> None:
    line, other = (0, 1, 2), (2, 0, 1)
    answers = [other, *[line] * 5, other, line, line]

    found = longest_run(answers)

    assert found is not None
    assert (found.pattern, found.start, found.length) == (line, 1, 5)
    assert found.chance == pytest.approx(5 / 6**4)
    assert longest_run([]) is None
    tied = longest_run([(0, 0, 0)] * 9)  # which has one arrangement, so that places say nothing
    assert tied is not None
    assert (tied.length, tied.chance) == (9, 1.0)


def test_runs_of_honest_people_are_as_rare_as_the_bound_says() -> None:
    """Of 2,000 people with 40 answers each, at most as many have a run of 4 as the bound says."""
    draw = random.Random(5)
    orders = list(permutations(range(3)))
    found = [longest_run(draw.choices(orders, k=40)) for _ in range(2000)]
    bound = 37 / 6**3

    assert 0.5 * bound < sum(run is not None and run.length >= 4 for run in found) / 2000 < bound
