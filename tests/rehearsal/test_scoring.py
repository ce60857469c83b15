import pytest

from rehearsal.scoring import Scored, gold_accuracy, win_rate


def text(prompt: int, gold: float, reward: float | None = None) -> Scored:
    return Scored(prompt_id=prompt, prompt="?", text="!", finished=True, gold=gold, reward=reward)


def test_win_rate_counts_ties_half_and_averages_the_texts_of_a_prompt() -> None:
    base = [text(1, 0.0), text(2, 0.0), text(3, 0.0)]
    own = [text(1, 1.0), text(1, -1.0), text(2, 0.0), text(3, 1.0)]

    rate = win_rate(own, base)

    assert rate.n == 3
    assert rate.value == pytest.approx((0.5 + 0.5 + 1) / 3)


def test_gold_accuracy_leaves_out_what_the_annotators_would_tie() -> None:
    right_and_wrong = [text(1, 2.0, 1.0), text(1, 1.0, 0.0), text(1, 0.0, 0.5)]
    near = [text(2, 0.00, 1.0), text(2, 0.05, 0.0)]

    assert gold_accuracy([right_and_wrong, near], margin=0.1) == (pytest.approx(2 / 3), 3)


def test_gold_accuracy_of_nothing_is_none() -> None:
    assert gold_accuracy([], margin=0.1) == (None, 0)
