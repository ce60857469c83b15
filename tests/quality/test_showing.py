"""Figures as people read them."""

from quality.showing import written


def test_no_figure_is_a_negative_nothing() -> None:
    found = [written(number, "mean") for number in (-0.004, -0.006, 0.5)]
    assert found == ["0.00", "−0.01", "0.50"]
    assert written(0.5451, "share") == "54.5\N{NO-BREAK SPACE}%"
