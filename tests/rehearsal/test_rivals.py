"""A policy beside what can be had without PPO, by the gold."""

from rehearsal.rivals import against, favourites, lines
from rehearsal.scoring import Scored


def text(prompt: int, gold: float, reward: float = 0.0) -> Scored:
    return Scored(
        prompt_id=prompt, prompt="?", text="", finished=True, gold=gold, reward=reward
    )  # fmt: skip


SFT = [text(1, 0.0, 1.0), text(1, 2.0, 0.5), text(2, 1.0, 0.0), text(2, 3.0, 2.0)]


def test_the_reward_model_chooses_and_the_gold_judges() -> None:
    policy = [text(1, 1.0), text(1, 1.0), text(2, 3.0), text(2, 2.0)]

    assert [one.gold for one in favourites(SFT)] == [0.0, 3.0]
    plain, best = against(2, policy, SFT)
    assert (plain["rival"], best["rival"]) == ("SFT", "best of 2 of SFT")
    assert (plain["gold_score"], best["gold_score"]) == (1.5, 1.5)
    assert plain["win_rate"]["value"] == (0.5 + 0.625) / 2
    assert best["win_rate"]["value"] == (1.0 + 0.25) / 2
    assert lines([best]) == [
        "PPO, round 2, wins 0.62 (0.14 to 0.94) against best of 2 of SFT, whose gold is 1.50"
    ]


def test_nothing_is_said_where_the_sft_model_wrote_nothing() -> None:
    assert against(1, [text(1, 1.0)], []) == []
