"""Gold answers in the model of competence, against posteriors on a grid by hand."""

from collections.abc import Hashable

import numpy as np
import pytest

from benchmarks.reliabilities import RATERS, answers_of, held
from measures.competence import SURE, Answer, competence
from measures.intervals import Estimate
from measures.orders import Places

RIGHT: Places = {1: 0, 2: 1}
WRONG: Places = {1: 1, 2: 0}
GRID = (np.arange(100_000) + 0.5) / 100_000


def judged(
    *, right: int, wrong: int, rater: str = "ada"
) -> tuple[list[Answer], dict[Hashable, Places]]:
    """Comparisons in gold tasks that nobody else answered."""
    given = [RIGHT] * right + [WRONG] * wrong
    answers = [Answer(rater=rater, prompt=n, places=places) for n, places in enumerate(given)]
    return answers, dict.fromkeys(range(len(given)), RIGHT)


def of(answers: list[Answer], gold: dict[int, Places], rater: str = "ada") -> Estimate:
    estimate = competence(answers, gold=gold).raters[rater]
    assert estimate is not None
    return estimate


@pytest.mark.parametrize(("right", "wrong"), [(1, 0), (18, 2), (10, 10), (3, 17), (40, 0)])
def test_the_posterior_of_gold_alone_is_that_of_a_grid(right: int, wrong: int) -> None:
    """eta^4 (1 - eta) agrees^right (1 - agrees)^wrong: Beta(4, 1) by logit(eta), and the pairs."""
    found = of(*judged(right=right, wrong=wrong))

    agrees = GRID * SURE + (1 - GRID) * (1 - SURE)
    likely = right * np.log(agrees) + wrong * np.log(1 - agrees)
    mode = GRID[np.argmax(4 * np.log(GRID) + np.log(1 - GRID) + likely)]
    assert found.value == pytest.approx(mode, abs=2e-3)
    assert found.n == right + wrong
    # Within 3.84 / 2 of the highest likelihood at the most, 2.70 / 2 at the least; and the value.
    ends = []
    for cut in (2.70, 3.85):
        kept = GRID[2 * (likely.max() - likely) <= cut]
        ends.append((min(kept[0], mode), max(kept[-1], mode)))
    (inner_low, inner_high), (outer_low, outer_high) = ends
    assert outer_low - 0.005 <= found.low <= inner_low + 0.005
    assert inner_high - 0.005 <= found.high <= outer_high + 0.005


def test_gold_moves_a_random_rater_away_from_the_prior_from_the_first_answers() -> None:
    crowd = list(answers_of(3, texts=2, each=10))
    places = {who: [{1: n % 2, 2: 1 - n % 2} for n in range(10)] for who in ("random", "new")}
    answers = [
        Answer(rater=who, prompt=f"gold {n}", places=given)
        for who, every in places.items()
        for n, given in enumerate(every)
    ]

    with_gold = competence(crowd + answers, gold={f"gold {n}": RIGHT for n in range(10)})
    without = competence(crowd + answers)

    told, guessed = with_gold.raters["random"], without.raters["random"]
    assert told is not None
    assert guessed is not None
    assert told.value < 0.65 < 0.78 < guessed.value
    assert (told.high < 0.9, guessed.high) == (True, 1.0)
    assert with_gold.gold == {"random": 10, "new": 10}


def test_it_makes_no_difference_what_others_said_where_there_is_gold() -> None:
    answers, gold = judged(right=8, wrong=4)
    others = [
        Answer(rater=other, prompt=n, places=WRONG) for n in range(12) for other in ("bob", "eve")
    ]

    alone, among = of(answers, gold), of(answers + others, gold)
    assert (among.low, among.high, among.n) == (alone.low, alone.high, alone.n)
    assert among.value == pytest.approx(alone.value, abs=1e-6)
    assert of(answers + others, gold, "bob").value < 0.3


def test_pairs_that_gold_ties_tell_nothing() -> None:
    """Gold says a = b > c: only the two pairs with c are told."""
    answer = [Answer(rater="ada", prompt=n, places={1: 0, 2: 1, 3: 2}) for n in range(9)]
    turned = [Answer(rater="ada", prompt=n, places={1: 1, 2: 0, 3: 2}) for n in range(9)]
    gold = {n: {1: 0, 2: 0, 3: 1} for n in range(9)}

    assert of(answer, gold) == of(turned, gold)
    assert of(answer, gold).value > 0.85
    assert competence(answer, gold={n: {1: 0, 2: 0, 3: 0} for n in range(9)}).raters == {
        "ada": None
    }


def test_who_is_wrong_in_whole_rankings_is_known_less_surely() -> None:
    """24 of 120 pairs are wrong: those of four rankings, or one here and there.

    Of whole rankings each tells as much as 1 of its pairs, not as 6 x 3/5: 3.6 times less.
    """
    right = {1: 0, 2: 1, 3: 2, 4: 3}
    turned, one, two = (
        dict(zip(order, range(4), strict=True))
        for order in ([4, 3, 2, 1], [2, 1, 3, 4], [2, 1, 4, 3])
    )

    def found(*given: Places) -> Estimate:
        answers = [Answer(rater="ada", prompt=n, places=places) for n, places in enumerate(given)]
        return of(answers, dict.fromkeys(range(20), right))

    apart, whole = found(*[one] * 16, *[two] * 4), found(*[right] * 16, *[turned] * 4)

    assert whole.value == pytest.approx(apart.value)
    widths = [estimate.high - estimate.low for estimate in (whole, apart)]
    assert widths[0] / widths[1] == pytest.approx(3.6**0.5, rel=0.1)


def test_intervals_hold_known_reliabilities_about_as_often_as_they_say() -> None:
    """600 of the 95 % intervals; benchmarks/reliabilities.py has thousands."""
    worlds = [held(seed, texts=4, each=20) for seed in range(12)]
    found = {name: [row for world in worlds for row in world[name]] for name in RATERS}

    shares = {
        name: float(np.mean([holds for holds, *_rest in rows])) for name, rows in found.items()
    }
    assert min(shares.values()) >= 0.8
    assert np.mean([holds for rows in found.values() for holds, *_rest in rows]) >= 0.92
    assert np.mean([width for _holds, width, _value in found["good"]]) < 0.42
