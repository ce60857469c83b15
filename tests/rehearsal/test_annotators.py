import random
from collections import Counter

import pytest

from labeling.models import Annotation, Completion, Task
from rehearsal.annotators import (
    Habits,
    demonstrate,
    gold_of,
    hire,
    label_all,
    rank,
    whole_sentences,
)
from tests.factories import make_completion, make_project, make_prompt, make_task

CALM = Habits(temperature=1e-6, flip_rate=0.0)
PROMPT = "Why do bees make honey?"
BEST = "Bees make honey to store food for the winter, when there are no flowers to visit."
CUT = "Bees make honey to eat it in the cold months of winter. They also"
WORST = "**Sure!**\n\n- the the the the\n- the the the"

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts() -> list[Completion]:
    prompt = make_prompt(make_project(), PROMPT)
    return [
        make_completion(prompt, WORST),
        make_completion(prompt, CUT, finish_reason="length"),
        make_completion(prompt, BEST),
        make_completion(prompt, CUT, finish_reason="length"),
    ]


def test_without_noise_a_ranking_is_the_order_of_gold_with_ties_and_the_worst_apart(
    texts: list[Completion],
) -> None:
    worst, cut, best, same = (text.pk for text in texts)

    body = rank(texts, habits=CALM, rng=random.Random(0))

    assert body == {"tiers": [[best], [cut, same]], "unacceptable": [worst]}


def test_a_flip_exchanges_two_neighbouring_tiers(texts: list[Completion]) -> None:
    _worst, cut, best, same = (text.pk for text in texts)

    body = rank(texts, habits=Habits(temperature=1e-6, flip_rate=1.0), rng=random.Random(0))

    assert body["tiers"] == [[cut, same], [best]]


def test_noise_prefers_by_bradley_terry() -> None:
    prompt = make_prompt(make_project(), PROMPT)
    good, bad = make_completion(prompt, BEST), make_completion(prompt, BEST.removesuffix("."))
    gap = gold_of(good) - gold_of(bad)
    habits = Habits(temperature=gap, flip_rate=0.0, unacceptable_below=-99)
    rng = random.Random(0)

    wins = sum(
        rank([good, bad], habits=habits, rng=rng)["tiers"][0] == [good.pk] for _ in range(2000)
    )

    assert wins / 2000 == pytest.approx(0.731, abs=0.03)  # sigmoid(1)


def test_a_demonstration_is_the_best_text_without_its_cut_end(texts: list[Completion]) -> None:
    assert demonstrate(texts, least=0.3) == BEST
    assert demonstrate([texts[1]], least=-9) == whole_sentences(texts[1])
    assert whole_sentences(texts[1]) == "Bees make honey to eat it in the cold months of winter."
    assert demonstrate([texts[0]], least=0.3) is None
    assert demonstrate([], least=-9) is None


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Try this.\n\n1. Rest.\n2.", "Try this.\n\n1. Rest."),
        ("Try this. And", "Try this."),
        ("No end in sight", ""),
    ],
)
def test_a_cut_text_loses_what_follows_its_last_sentence(text: str, whole: str) -> None:
    prompt = make_prompt(make_project())

    assert whole_sentences(make_completion(prompt, text, finish_reason="length")) == whole
    assert whole_sentences(make_completion(prompt, text)) == text


def test_annotators_answer_every_task_through_the_services_and_skip_what_has_no_good_text() -> None:
    project = make_project(is_simulated=True)
    annotators = hire(project, by=None)
    answered = make_task(project, "ranking", texts=[BEST, WORST, CUT, "Because."])
    shown = make_task(project, prompt=answered.prompt)
    hopeless = make_task(project, prompt=make_prompt(project, "What else?"))

    done = label_all(project, annotators, habits=CALM, seed=0)

    assert done == Counter({"skipped": len(annotators), "ranking": 1, "demonstration": 1})
    given = {a.task_id: a for a in Annotation.objects.all()}
    assert given.keys() == {answered.pk, shown.pk}
    assert {a.is_simulated for a in given.values()} == {True}
    assert given[shown.pk].body == {"text": BEST}
    assert Task.objects.get(pk=hopeless.pk).state == Task.State.OPEN


def test_the_same_seed_gives_the_same_labels_whatever_the_ids() -> None:
    bodies = []
    for _ in range(2):
        project = make_project(is_simulated=True)
        task = make_task(
            project, "ranking", prompt=make_prompt(project, PROMPT), texts=[BEST, CUT, "No.", WORST]
        )
        label_all(project, hire(project, by=None), habits=Habits(temperature=3.0), seed=7)
        names = {c.pk: c.text for c in task.completions.all()}
        body = Annotation.objects.get(task=task).body
        bodies.append([[names[pk] for pk in tier] for tier in body["tiers"]])

    assert bodies[0] == bodies[1]
