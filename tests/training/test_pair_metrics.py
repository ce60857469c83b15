import math

import pytest
import torch

from training.pair_metrics import accuracy, calibration_error, judged_pairs, pair_metrics
from training.rankings import Ranking


def test_metrics_of_one_ranking_by_hand():
    ranking = Ranking(1, "ada", [1], [[1] * 10, [1] * 20, [1] * 10], [[0], [1], [2]])

    metrics = pair_metrics(judged_pairs([ranking], [[1.0, 2.0, 0.0]]))

    assert metrics["pairs"] == 3
    assert metrics["accuracy"] == pytest.approx(2 / 3)
    # margins: 0 over 1 is -1, 0 over 2 is 1, 1 over 2 is 2
    expected = [math.log1p(math.exp(1)), math.log1p(math.exp(-1)), math.log1p(math.exp(-2))]
    assert metrics["log_loss"] == pytest.approx(sum(expected) / 3)
    assert metrics["by_annotator"] == {"ada": {"accuracy": pytest.approx(2 / 3), "pairs": 3}}
    assert metrics["by_length"] == {
        "better_longer": {"accuracy": 1.0, "pairs": 1},
        "better_shorter": {"accuracy": 0.0, "pairs": 1},
        "similar": {"accuracy": 1.0, "pairs": 1},
    }
    assert metrics["by_tiers_apart"] == {
        "1": {"accuracy": 0.5, "pairs": 2},
        "2": {"accuracy": 1.0, "pairs": 1},
    }


def test_without_pairs_there_is_no_figure():
    assert pair_metrics([]) == {"pairs": 0, "accuracy": None, "log_loss": None, "ece": None}


def test_an_equal_score_is_half_right():
    assert accuracy(torch.tensor([1.0, 0.0, -1.0, 0.0])) == 0.5


def test_calibration_error_is_how_far_confidence_is_from_being_right():
    three_to_one = math.log(3.0)  # confidence 0.75
    margins = torch.tensor([three_to_one] * 3 + [-three_to_one], dtype=torch.float64)

    assert calibration_error(margins) == pytest.approx(0, abs=1e-9)
    assert calibration_error(margins.abs()) == pytest.approx(0.25)
