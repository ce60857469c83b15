"""How much two models differ about the order of texts."""

import math

import pytest

from measures.disagreement import disagreement, of_pair

LOG3 = math.log(3)  # a logit: 3 of 4


def test_a_pair_by_hand() -> None:
    """3/4 against 1/4: the mean forecast is 1/2, so log 2 less the entropy of 1/4."""
    entropy = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))

    assert of_pair(LOG3, -LOG3) == pytest.approx(math.log(2) - entropy)


def test_where_both_say_the_same_nothing_is_to_be_learned() -> None:
    """Also where both say one half: the texts are alike, and no label changes that."""
    assert (of_pair(0, 0), of_pair(LOG3, LOG3)) == (0, 0)


def test_certain_of_the_opposite_is_the_most_there_is() -> None:
    assert of_pair(1e9, -1e9) == pytest.approx(math.log(2))
    assert of_pair(1e9, 1e9) == 0


def test_of_several_texts_it_is_the_mean_over_pairs() -> None:
    """One model orders the three texts, the other ties the last two; only their pair differs."""
    one, other = [5.0, LOG3, 0.0], [5.0, 0.0, 0.0]

    pairs = [of_pair(5 - LOG3, 5), 0.0, of_pair(LOG3, 0)]
    assert disagreement(one, other) == pytest.approx(sum(pairs) / 3)
    assert disagreement([value + 7 for value in one], other) == pytest.approx(sum(pairs) / 3)


def test_one_text_has_no_order() -> None:
    assert disagreement([1.0], [2.0]) == 0
