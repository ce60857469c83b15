import pytest

from rounds.rehearsal.scoring import Scored, gold_accuracy, wilson, win_rate


def text(prompt: int, gold: float, reward: float | None = None) -> Scored:
    return Scored(prompt_id=prompt, prompt="?", text="!", finished=True, gold=gold, reward=reward)


def test_win_rate_counts_ties_half_and_averages_the_texts_of_a_prompt() -> None:
    base = [text(1, 0.0), text(2, 0.0), text(3, 0.0)]
    own = [text(1, 1.0), text(1, -1.0), text(2, 0.0), text(3, 1.0)]

    rate = win_rate(own, base)

    assert rate.n == 3
    assert rate.value == pytest.approx((0.5 + 0.5 + 1) / 3, abs=1e-4)


def test_wilson_interval_of_65_of_100() -> None:
    rate = wilson(0.65, 100)

    assert (rate.low, rate.high) == (
        pytest.approx(0.5525, abs=1e-3),
        pytest.approx(0.7364, abs=1e-3),
    )


def test_wilson_interval_stays_between_0_and_1() -> None:
    assert wilson(1.0, 10).high == 1.0
    assert wilson(0.0, 10).low == 0.0


def test_gold_accuracy_leaves_out_what_the_annotators_would_tie() -> None:
    right_and_wrong = [text(1, 2.0, 1.0), text(1, 1.0, 0.0), text(1, 0.0, 0.5)]
    near = [text(2, 0.00, 1.0), text(2, 0.05, 0.0)]

    assert gold_accuracy([right_and_wrong, near], margin=0.1) == (pytest.approx(2 / 3), 3)


def test_gold_accuracy_of_nothing_is_none() -> None:
    assert gold_accuracy([], margin=0.1) == (None, 0)
