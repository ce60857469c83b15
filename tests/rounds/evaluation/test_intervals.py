import pytest

from rounds.evaluation.intervals import wilson


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [(0.7, 10, 0.3968, 0.8922), (0.65, 100, 0.5525, 0.7364), (0.0, 10, 0.0, 0.2775)],
)
def test_wilson_is_the_published_interval(share: float, n: int, low: float, high: float) -> None:
    found = wilson(share, n)

    assert (found.value, found.n) == (share, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_certain_share_has_no_bound_beyond_1() -> None:
    assert wilson(1.0, 10).high == pytest.approx(1.0)
    assert wilson(1.0, 10).high <= 1.0
