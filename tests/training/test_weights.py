"""Weights come with rankings, and say how much each counts."""

import math
from dataclasses import replace

import pytest

from training.errors import BadInputError
from training.rankings import Ranking, encode_rankings
from training.weights import balanced, effective


def test_a_weight_comes_with_its_ranking_and_none_is_one(tiny_policy):
    row = {
        "annotation_id": 1,
        "prompt_id": 9,
        "messages": [{"role": "user", "content": "Hello"}],
        "completions": ["Hi", "No"],
        "finished": [True, True],
        "tiers": [[0], [1]],
        "annotator": "ada",
    }
    rows = [row, {**row, "weight": None}, {**row, "weight": 0.4}]
    rows.append({**row, "prompt_id": 10, "weight": 0.0})

    rankings, dropped = encode_rankings(rows, tiny_policy[1], max_tokens=100)

    assert [ranking.weight for ranking in rankings] == [1.0, 1.0, 0.4]
    assert dropped == {"weightless": [10]}
    for weight in (-0.1, 1.1, math.nan):
        with pytest.raises(BadInputError, match=r"annotation 1: .* is no weight"):
            encode_rankings([{**row, "weight": weight}], tiny_policy[1], max_tokens=100)


def test_balanced_weights_have_mean_one_and_equal_ones_are_one_to_the_bit():
    rankings = [Ranking(n, "ada", [1], [[2], [3]], [[0], [1]]) for n in range(3)]
    even = [replace(ranking, weight=0.3) for ranking in rankings]
    uneven = [replace(r, weight=w) for r, w in zip(rankings, (0.2, 0.3, 1.0), strict=True)]

    assert balanced(rankings) == balanced(even) == rankings
    assert [r.weight for r in balanced(uneven)] == pytest.approx([0.4, 0.6, 2.0])
    assert effective(even) == pytest.approx(3)
    assert effective(uneven) == effective(balanced(uneven)) == pytest.approx(1.5**2 / 1.13)
