"""Raters of known reliability are bad at orders, and at nothing else."""

import random

import pytest

from labeling.kinds import kinds
from rehearsal.gold import gold
from rehearsal.raters import Raters, orders, read, sort_of, taste
from tests.factories import make_user

PROMPT = "Why do bees make honey?"
BEST = "Bees make honey to store food for the winter, when there are no flowers to visit."


def test_the_word_says_how_many_of_each_sort() -> None:
    found = read("2,1,1", overlap=3, use="weighed")

    assert found == Raters(numbers=(2, 1, 1), overlap=3, use="weighed")
    assert found.names() == ["Sim Good 1", "Sim Good 2", "Sim Random 1", "Sim Inverted 1"]


@pytest.mark.parametrize("text", ["", "10", "10,2", "a,b,c", "0,2,1", "2,-1,1", "1,1,0"])
def test_what_is_no_group_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text, overlap=3)


def test_the_inverted_want_the_opposite_and_the_random_nothing_in_particular(db: None) -> None:
    ranking = kinds()["ranking"]
    tastes = {
        name: taste(make_user(name), ranking, random.Random(7))
        for name in ("Sim One", "Sim Good 3", "Sim Inverted 1", "Sim Random 2")
    }

    truth = gold(PROMPT, BEST, finished=True)
    said = {name: like(PROMPT, BEST, finished=True) for name, like in tastes.items()}
    assert said.pop("Sim Random 2") == random.Random(7).gauss()
    assert said == {"Sim One": truth, "Sim Good 3": truth, "Sim Inverted 1": -truth}


def test_texts_of_their_own_all_write_alike(db: None) -> None:
    bad = make_user("Sim Inverted 1")

    assert sort_of(bad) == "inverted"
    ordering = {name for name, kind in kinds().items() if orders(kind)}
    assert ordering == {"ranking", "comparison", "grading", "rating", "rules", "combined"}
    assert taste(bad, kinds()["demonstration"], random.Random(0)) is gold
    assert taste(bad, kinds()["correction"], random.Random(0)) is gold
