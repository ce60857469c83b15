"""The published examples, whose figures the package `krippendorff` 0.9.0 gives too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.alpha import Level, Units, alpha, with_interval


def by_unit(*raters: str) -> list[list[float]]:
    """The values of each unit, of a line a rater; a dot is missing."""
    return [[float(value) for value in unit if value != "."] for unit in zip(*raters, strict=True)]


KRIPPENDORFF_2011 = by_unit("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
WIKIPEDIA = by_unit(
    ".....341211 33.3".replace(" ", ""),
    "1.21334 3.......".replace(" ", ""),
    "..213 44.21133.4".replace(" ", ""),
)
units_of = st.lists(st.lists(st.integers(0, 3).map(float), max_size=4), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("units", "level", "figure"),
    [
        (KRIPPENDORFF_2011, "nominal", 0.743421052631579),
        (KRIPPENDORFF_2011, "ordinal", 0.8153875037548814),
        (KRIPPENDORFF_2011, "interval", 0.8491071428571428),
        (WIKIPEDIA, "nominal", 0.691358024691358),
        (WIKIPEDIA, "ordinal", 0.8067214199413153),
        (WIKIPEDIA, "interval", 0.8108448928121059),
    ],
)
def test_alpha_is_the_published_figure(units: Units, level: Level, figure: float) -> None:
    assert alpha(units, level=level) == pytest.approx(figure, abs=1e-12)


def test_nothing_to_compare_has_no_alpha() -> None:
    assert alpha([], level="nominal") is None
    assert alpha([[1.0], [], [2.0]], level="ordinal") is None
    assert alpha([[1.0, 1.0], [1.0, 1.0]], level="interval") is None
    assert with_interval([[1.0]], level="nominal") is None


@given(units_of, st.sampled_from(["nominal", "ordinal"]))
def test_only_what_the_level_tells_counts(units: list[list[float]], level: Level) -> None:
    """Other numbers in the same order, and units without a second value, change nothing."""
    others = [[value**3 + 5 for value in unit] for unit in units]

    assert alpha([*others, [7.0]], level=level) == pytest.approx(alpha(units, level=level))


@given(units_of)
def test_interval_alpha_knows_no_scale(units: list[list[float]]) -> None:
    others = [[2 - 10 * value for value in unit] for unit in units]

    assert alpha(others, level="interval") == pytest.approx(alpha(units, level="interval"))


def test_the_interval_surrounds_alpha_and_counts_clusters() -> None:
    units = KRIPPENDORFF_2011 * 10
    free = with_interval(units, level="ordinal", resamples=300)
    tied = with_interval(
        units, level="ordinal", clusters=[n % 12 for n in range(120)], resamples=300
    )

    assert free is not None
    assert tied is not None
    assert free.value == tied.value == alpha(units, level="ordinal")
    assert (free.n, tied.n) == (110, 11)  # the last unit has one value only
    assert free.low < free.value < free.high
    assert tied.high - tied.low > 2 * (free.high - free.low)
