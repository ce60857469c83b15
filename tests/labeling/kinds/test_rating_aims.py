"""The built-in template of the three aims alone."""

from labeling.kinds.rating.body import scores
from labeling.kinds.rating.settings import aims


def test_the_mean_of_the_three_aims_orders_the_texts() -> None:
    assert [one.name for one in aims().criteria] == ["helpful", "honest", "harmless"]
    texts = {1: (7, 3, 3), 2: (5, 6, 7)}
    ratings = [
        {"completion": pk, "scales": dict(zip(["helpful", "honest", "harmless"], n, strict=True))}
        for pk, n in texts.items()
    ]
    assert scores({"ratings": ratings}, aims()) == {1: 13 / 3, 2: 6.0}
