"""Against choix, a model with known raters, and what is plain without arithmetic."""

import numpy as np
import pytest

from benchmarks import raters
from benchmarks.raters import BAD, figures, make_world
from measures import crowd
from measures.competence import Answer, competence

CERTAIN = 1 - 1e-12


def choices(*pairs: tuple[int, int]) -> list[Answer]:
    """One a rater, on one prompt: (better, worse)."""
    return [
        Answer(rater=rater, prompt="p", places={better: 0, worse: 1})
        for rater, (better, worse) in enumerate(pairs)
    ]


def test_with_raters_that_never_err_it_is_the_bradley_terry_posterior() -> None:
    """choix 0.4.1's ep_pairwise(4, data, alpha=1.0, model="logit"), by expectation propagation."""
    pairs = [(0, 1), (0, 1), (1, 0), (1, 2), (2, 0), (3, 1), (0, 3), (0, 3), (2, 3)]

    found = competence(choices(*pairs), known=dict.fromkeys(range(9), CERTAIN))

    theirs = {(0, 1): 0.60811, (0, 3): 0.66702, (0, 2): 0.51353}
    theirs |= {(1, 3): 0.56469, (1, 2): 0.40918, (2, 3): 0.65038}
    assert found.preferences["p"] == {
        pair: pytest.approx(chance, abs=3e-4) for pair, chance in theirs.items()
    }


def test_an_inverted_rater_tells_as_much_as_a_good_one_and_a_random_one_nothing() -> None:
    answer = choices((0, 1))
    good = competence(answer, known={0: 0.9}).preferences["p"][0, 1]

    assert good > 0.55
    assert competence(answer, known={0: 0.1}).preferences["p"][0, 1] == pytest.approx(1 - good)
    assert competence(answer, known={0: 0.5}).preferences["p"][0, 1] == pytest.approx(0.5)


def test_names_and_order_of_answers_do_not_matter() -> None:
    answers = make_world(1, prompts=20).answers
    turned = [
        Answer(
            rater=-answer.rater,
            prompt=f"p{answer.prompt}",
            places={10 * item: tier for item, tier in answer.places.items()},
        )
        for answer in reversed(answers)
    ]

    one, other = competence(answers), competence(turned)

    for rater, estimate in one.raters.items():
        same = other.raters[-rater]
        assert estimate is not None
        assert same is not None
        assert (same.value, same.low, same.n) == pytest.approx(
            (estimate.value, estimate.low, estimate.n), abs=1e-3
        )


def test_who_answers_alone_cannot_be_judged_but_by_gold() -> None:
    alone = [Answer(rater="ada", prompt=n, places={1: 0, 2: 1, 3: 2}) for n in range(40)]
    gold = [Answer(rater="gold", prompt=n, places={1: 0, 2: 1, 3: 2}) for n in range(20)]
    wrong = [Answer(rater="gold", prompt=n, places={1: 2, 2: 1, 3: 0}) for n in range(20)]

    assert competence(alone).raters == {"ada": None}
    judged = competence(alone + gold, known={"gold": 0.99}).raters["ada"]
    inverted = competence(alone + wrong, known={"gold": 0.99}).raters["ada"]

    assert judged is not None
    assert inverted is not None
    assert (judged.n, inverted.n) == (20, 20)
    assert judged.value > 0.9
    assert inverted.value < 0.25 < judged.low
    assert competence(alone).preferences[0][1, 3] > 0.5


def test_answers_to_tasks_of_ones_own_change_no_reliability() -> None:
    world = make_world(4, prompts=30)
    alone = [Answer(rater=12, prompt=-n, places={1: 0, 2: 1, 3: 2}) for n in range(1, 90)]

    without, with_them = competence(world.answers), competence(world.answers + alone)

    assert with_them.raters == without.raters
    assert len(with_them.preferences) == 30 + 89


def test_it_settles_where_raters_agree_on_nearly_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps go by the steeper of two curvatures; by the flatter they would swing for ever."""
    monkeypatch.setattr(raters, "RATERS", (*[4.0] * 10, 0.0, 0.0, -4.0))
    answers = make_world(3).answers

    settled = competence(answers)
    monkeypatch.setattr(crowd, "STEPS", 60)

    assert competence(answers) == settled


def test_ties_tell_nothing_and_no_answers_nothing_at_all() -> None:
    tied = [Answer(rater=n, prompt=0, places={1: 0, 2: 0}) for n in range(3)]
    found = competence(tied)

    assert found.preferences == {0: {(1, 2): 0.5}}
    assert [e.value for e in found.raters.values() if e] == pytest.approx([0.8] * 3)
    assert competence([]).raters == {}


def test_reliabilities_are_found_again_with_intervals_that_mostly_hold_them() -> None:
    """Raters as the model has them, 12 comparisons of each prompt; nominally 95 %, about 87 %."""
    draw = np.random.default_rng(2)
    held, errors = [], []
    for _ in range(4):
        eta = draw.beta(4, 1, size=12)
        answers = []
        for prompt in range(150):
            worth = draw.normal(size=4)
            for rater in draw.choice(12, 3, replace=False):
                for i, j in ((0, 1), (2, 3), (0, 2), (1, 3)):
                    chance = 1 / (1 + np.exp(worth[j] - worth[i]))
                    chance = eta[rater] * chance + (1 - eta[rater]) * (1 - chance)
                    first = draw.random() < chance
                    places = {i: int(not first), j: int(first)}
                    answers.append(Answer(rater=int(rater), prompt=prompt, places=places))
        for rater, estimate in competence(answers).raters.items():
            assert estimate is not None
            held.append(estimate.low <= eta[rater] <= estimate.high)
            errors.append(estimate.value - eta[rater])

    assert np.mean(held) > 0.8
    assert abs(np.mean(errors)) < 0.05
    assert np.std(errors) < 0.15


def test_bad_raters_come_last_and_weighing_them_helps_the_reward_model() -> None:
    """10 good raters, 2 random, 1 inverted, 600 rankings; benchmarks/raters.py has 100 worlds."""
    found = [figures(seed) for seed in range(3)]

    assert [world["auc"] >= 0.95 for world in found] == [True] * 3
    assert [world["bad_last"] for world in found] == [1.0] * 3
    for recipe in ("soft", "weighed"):
        gains = [world[f"accuracy, {recipe}"] - world["accuracy, plain"] for world in found]
        assert np.mean(gains) > 0.005


def test_every_rater_of_the_worlds_has_about_as_many_answers() -> None:
    counts = np.bincount([answer.rater for answer in make_world(0).answers])

    assert (len(counts), counts.sum()) == (13, 600)
    assert counts.max() - counts.min() <= 2
    assert max(BAD) == 12
