"""A policy beside the SFT model and the best of its texts."""

from typing import Any

from rounds.evaluation.against import against
from rounds.models import Evaluation, EvaluationSample


def sample(prompt: int, reward: float, second: float | None, model: int = 2) -> EvaluationSample:
    return EvaluationSample(
        prompt_id=prompt, model_version_id=model, reward=reward, second_reward=second
    )


def row(prompt: int, reward: float, second: float | None) -> dict[str, Any]:
    return {"prompt_id": prompt, "reward": reward, "second_reward": second}


ROWS = [row(1, 0.0, 5.0), row(1, 2.0, 0.0), row(2, 1.0, 1.0), row(2, 3.0, 3.0)]


def test_each_text_meets_each_of_the_sft_models_and_the_chosen_one() -> None:
    new = [sample(1, 1.0, 1.0), sample(1, 3.0, 1.0), sample(2, 3.0, 0.0), sample(9, 9.0, 9.0)]
    before = [sample(1, 99.0, 99.0, model=1)]

    found = against([*before, *new], ROWS, Evaluation(before_id=1, after_id=2))

    values = {name: (one["value"], one["n"]) for name, one in found.items() if name != "texts"}
    assert found["texts"] == 2
    assert values == {
        "plain": ((0.75 + 0.75) / 2, 2),  # 1 of 2 and 2 of 2; a win and a tie
        "best": ((0.5 + 0.5) / 2, 2),
        "second_plain": ((0.5 + 0.0) / 2, 2),
        "second_best": ((1.0 + 0.0) / 2, 2),  # the first one's favourite, not its own
    }
    assert found["plain"]["low"] < 0.75 < found["plain"]["high"]


def test_without_a_second_reward_model_it_says_nothing_of_it() -> None:
    rows = [one | {"second_reward": None} for one in ROWS]

    found = against([sample(1, 1.0, None)], rows, Evaluation(before_id=1, after_id=2))

    assert sorted(found) == ["best", "plain", "texts"]
