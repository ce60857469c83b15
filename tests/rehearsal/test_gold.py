import math

import pytest

from rehearsal.gold import copying, gold, length, points, repetition, topic

PROMPT = "Why do bees make honey?"
GOOD = "Bees make honey to store food for the winter, when there are no flowers to visit."


def test_a_short_finished_answer_on_topic_gets_nearly_all_points() -> None:
    assert points(PROMPT, GOOD, finished=True) == pytest.approx(6.0, abs=0.01)
    assert gold(PROMPT, GOOD, finished=True) == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize(
    "worse",
    [
        pytest.param("Why do bees make honey? Why do bees make honey?", id="echo"),
        pytest.param("Yes.", id="one word"),
        pytest.param("", id="nothing"),
        pytest.param("It is a good idea to do what you think is right for you.", id="stock answer"),
        pytest.param("Bees honey bees honey bees honey bees honey bees honey.", id="stuffing"),
        pytest.param(
            "Bees, honey, winter, food, flowers, nectar, hive, wax, pollen, queen.", id="keywords"
        ),
        pytest.param("Foro erojo posiono dhistoria munego paracoso importanzado teh.", id="noise"),
        pytest.param(f"Sure! Great question. {GOOD}", id="preamble"),
        pytest.param("**Honey:**\n\n1. Bees store it.\n2. They eat it in winter.", id="list"),
        pytest.param(" ".join([GOOD] * 4), id="says it four times"),
        pytest.param(
            "I am sorry, but as an AI I cannot tell you why bees make honey, so ask someone else.",
            id="refusal",
        ),
    ],
)
def test_what_a_policy_might_try_instead_is_worth_clearly_less(worse: str) -> None:
    assert gold(PROMPT, worse, finished=True) < gold(PROMPT, GOOD, finished=True) - 0.7


def test_being_cut_or_ending_mid_sentence_costs_the_same() -> None:
    cut = points(PROMPT, GOOD, finished=False)
    dangling = points(PROMPT, GOOD.removesuffix("."), finished=True)

    assert cut == pytest.approx(points(PROMPT, GOOD, finished=True) - 1.6)
    assert dangling == pytest.approx(points(PROMPT, GOOD, finished=True) - 1.6, abs=0.05)


def test_gold_never_reads_anything_but_its_arguments() -> None:
    assert gold(PROMPT, GOOD, finished=True) == gold(PROMPT, GOOD, finished=True)


def test_length_is_flat_from_8_to_40_words_and_a_bell_outside() -> None:
    assert [length(count) for count in (8, 20, 40)] == [1, 1, 1]
    assert length(4) == pytest.approx(math.exp(-1))
    assert length(80) == pytest.approx(math.exp(-1))


def test_topic_is_full_with_half_of_the_content_words_and_ignores_endings() -> None:
    assert topic("Describe a sleeping cat", ["cats", "purr"]) == 1.0
    assert topic("Describe a sleeping cat in the warm sun", ["cats"]) == 0.5
    assert topic("Describe a sleeping cat", ["dogs"]) == 0.0


def test_copying_counts_word_triples_of_the_prompt() -> None:
    assert copying("one two three four", ["one", "two", "three", "four"]) == 1.0
    assert copying("one two three four", ["two", "one", "four"]) == 0.0


def test_repetition_of_pairs_and_of_content_words() -> None:
    assert repetition(["dogs", "bark"]) == 0.0
    assert repetition(["dogs", "bark", "dogs", "bark", "dogs", "bark"]) == 1.0
