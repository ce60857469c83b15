"""Davidson's own example: six brands of chocolate pudding, each pair tasted by about fifty."""

import numpy as np
import pytest

from measures.asking import next_pair
from measures.bradley_terry import Table, Vote, table, votes_of

# two brands, preferences for the first, for the second, for neither (Davidson 1970, Example 2)
PUDDING = [
    (1, 2, 19, 22, 16), (1, 3, 16, 19, 12), (2, 3, 19, 19, 10),
    (1, 4, 18, 23, 13), (2, 4, 23, 19, 9), (3, 4, 19, 20, 15),
    (1, 5, 13, 19, 18), (2, 5, 16, 20, 12), (3, 5, 16, 15, 17),
    (4, 5, 17, 14, 16), (1, 6, 18, 21, 12), (2, 6, 22, 20, 12),
    (3, 6, 13, 18, 10), (4, 6, 14, 19, 18), (5, 6, 11, 21, 12),
]  # fmt: skip
# his estimates, which R's PlackettLuce gives too, and its errors of the logarithms, nu's the last
SHARES = [0.1388005, 0.1729985, 0.1617420, 0.1653930, 0.1586805, 0.2023855]
TIE = 0.7468147
ERRORS = [0.1872, 0.1935, 0.1882, 0.1927, 0.1924, 0.0825]


def tasters(rows: list[tuple[int, int, int, int, int]]) -> list[Vote]:
    outcomes = [
        (one - 1, other - 1, outcome)
        for one, other, *counts in rows
        for count, outcome in zip(counts, (1, 0, 0.5), strict=True)
        for _ in range(count)
    ]
    return [
        Vote(prompt=taster, one=one, other=other, outcome=outcome)
        for taster, (one, other, outcome) in enumerate(outcomes)
    ]


def fitted(votes: list[Vote], *, versions: int, base: int = 0, resamples: int = 200) -> Table:
    found = table(votes, versions=versions, base=base, resamples=resamples)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def pudding() -> Table:
    return fitted(tasters(PUDDING), versions=6, resamples=2000)


def test_strengths_are_davidsons(pudding: Table) -> None:
    strengths = [s.strength.value if s.strength else 0.0 for s in pudding.standings]
    shares = np.exp(strengths) / np.exp(strengths).sum()

    assert shares == pytest.approx(SHARES, abs=4e-5)  # the prior's part of it is 3e-5
    assert pudding.tie == pytest.approx(TIE, abs=1e-4)
    assert strengths[0] == 0


def test_errors_are_those_of_the_likelihood(pudding: Table) -> None:
    """Tasters are independent here, so that bootstrap and information agree."""
    bootstrapped = np.sqrt(np.diag(pudding.covariance))
    informed = np.sqrt(np.diag(np.linalg.inv(pudding.information)))

    assert informed == pytest.approx(ERRORS, abs=1e-4)
    assert bootstrapped[1:] == pytest.approx(informed[:5], rel=0.08)
    assert bootstrapped[0] == 0


def test_win_rates_against_the_base_count_ties_half(pudding: Table) -> None:
    best = pudding.standings[5]

    assert best.wins is not None
    assert best.wins.value == pytest.approx(0.5681, abs=1e-4)
    assert (best.wins.low < 0.5 < best.wins.high, best.wins.n) == (True, 241)
    assert pudding.standings[0].wins is None


def test_another_base_shifts_all_strengths_alike(pudding: Table) -> None:
    turned = fitted(tasters(PUDDING), versions=6, base=5)

    one, other = pudding.standings[2].strength, pudding.standings[5].strength
    shifted = turned.standings[2].strength
    assert one is not None
    assert other is not None
    assert shifted is not None
    assert shifted.value == pytest.approx(one.value - other.value, abs=1e-3)


def test_with_two_versions_the_win_rate_is_that_of_the_votes() -> None:
    votes = tasters([(1, 2, 20, 50, 30)])
    turned = [Vote(prompt=v.prompt, one=1, other=0, outcome=1 - v.outcome) for v in votes]

    found = fitted(votes, versions=2)

    assert found.standings[1].wins is not None
    assert found.standings[1].wins.value == pytest.approx(0.65, abs=1e-3)
    assert fitted(turned, versions=2) == found


def test_votes_of_one_prompt_are_averaged() -> None:
    once = [Vote(prompt=n, one=1, other=0, outcome=float(n % 3 > 0)) for n in range(30)]

    assert fitted(once * 4, versions=2) == fitted(once, versions=2)


def test_a_ranking_that_mixes_versions_is_votes_on_their_pairs() -> None:
    """Completions 11 and 12 are the base's, 13 is version 1's, 14 of none that counts."""
    found = votes_of("p", {11: 0, 12: 2, 13: 0, 14: 1}, {11: 0, 12: 0, 13: 1})

    assert found == [
        Vote(prompt="p", one=0, other=1, outcome=0.5),
        Vote(prompt="p", one=0, other=1, outcome=0.0),
    ]


def test_a_version_that_always_wins_has_a_finite_strength() -> None:
    found = fitted(tasters([(1, 2, 0, 20, 0)]), versions=2)

    assert found.standings[1].strength is not None
    assert 4 < found.standings[1].strength.value < 10


def test_versions_that_no_votes_link_to_the_base_have_no_figures() -> None:
    found = fitted(tasters([(1, 2, 5, 5, 0), (3, 4, 9, 1, 0), (2, 5, 1, 1, 1)]), versions=5)

    assert [s.strength is not None for s in found.standings] == [False, True, False, False, True]


def test_odd_votes_are_refused_and_none_make_no_table() -> None:
    assert table([], versions=2, base=0) is None
    for one, other, outcome in ((0, 0, 1), (0, 2, 1), (0, 1, 0.7)):
        with pytest.raises(ValueError, match="no vote on two of the versions"):
            table([Vote(prompt=1, one=one, other=other, outcome=outcome)], versions=2, base=0)


def test_the_next_question_is_the_one_that_narrows_the_wanted_difference(pudding: Table) -> None:
    """Each question tried in turn: the one proposed leaves the least error."""
    asked = next_pair(pudding, better=5, than=0)
    every = [
        next_pair(pudding, better=5, than=0, among=[(one, other)])
        for one in range(6)
        for other in range(one + 1, 6)
    ]

    assert (asked.one, asked.other) == (0, 5)
    assert asked.expected_error == min(each.expected_error for each in every) < asked.error
    with pytest.raises(ValueError, match="no pair"):
        next_pair(pudding, better=5, than=0, among=[])


def test_the_weakest_link_is_asked_about_where_two_were_never_compared() -> None:
    """1 was compared to the base often, 2 to 1 a little: votes on 2 and 1 tell most."""
    found = fitted(tasters([(1, 2, 90, 110, 0), (2, 3, 4, 6, 0)]), versions=3)

    asked = next_pair(found, better=2, than=0, among=[(0, 1), (1, 2)])

    assert (asked.one, asked.other) == (1, 2)
