"""How a simulated annotator answers a task of each kind."""

import math
import random

import pytest

from labeling.kinds import kinds
from labeling.kinds.simulation import Habits, Simulated, whole_sentences
from labeling.models import Project
from tests.factories import make_completion, make_prompt, make_task

SCORES = {"Best.": 1.0, "Good.": 0.5, "Good as well.": 0.45, "Poor.": -1.0, "Awful.": -3.0}
CALM = Habits(temperature=1e-6, flip_rate=0.0)


def gold(prompt: str, text: str, *, finished: bool) -> float:
    return SCORES[text]


def simulated(habits: Habits = CALM, *, seed: int = 0) -> Simulated:
    return Simulated(gold=gold, habits=habits, rng=random.Random(seed))


def ranked(project: Project, texts: list[str], annotator: Simulated) -> dict[str, object]:
    """The body of a ranking, with texts in place of ids."""
    task = make_task(project, "ranking", texts=texts)
    text_of = {completion.pk: completion.text for completion in task.completions.all()}
    body = kinds()["ranking"].simulate(task, annotator)
    assert body is not None
    assert kinds()["ranking"].validate(task, body) == body
    tiers = [sorted(text_of[pk] for pk in tier) for tier in body["tiers"]]
    return {"tiers": tiers, "unacceptable": [text_of[pk] for pk in body["unacceptable"]]}


def test_without_noise_a_ranking_is_the_order_of_gold_with_ties_and_the_worst_apart(
    project: Project,
) -> None:
    texts = ["Awful.", "Good as well.", "Poor.", "Best.", "Good."]

    assert ranked(project, texts, simulated()) == {
        "tiers": [["Best."], ["Good as well.", "Good."], ["Poor."]],
        "unacceptable": ["Awful."],
    }


def test_a_flip_exchanges_two_neighbouring_tiers(project: Project) -> None:
    misreading = simulated(Habits(temperature=1e-6, flip_rate=1.0))

    body = ranked(project, ["Best.", "Poor."], misreading)

    assert body == {"tiers": [["Poor."], ["Best."]], "unacceptable": []}


def test_noise_prefers_by_bradley_terry(project: Project) -> None:
    task = make_task(project, "ranking", texts=["Best.", "Good."])
    best = task.completions.get(text="Best.").pk
    annotator = simulated(Habits(temperature=0.5, flip_rate=0.0))  # their distance in gold

    bodies = [kinds()["ranking"].simulate(task, annotator) for _ in range(1000)]

    wins = sum(body is not None and body["tiers"][0] == [best] for body in bodies)
    assert wins / len(bodies) == pytest.approx(1 / (1 + math.exp(-1)), abs=0.04)


def test_a_demonstration_is_the_best_text_for_the_prompt_if_it_is_good_enough(
    project: Project,
) -> None:
    prompt = make_prompt(project)
    task = make_task(project, prompt=prompt)
    kind = kinds()["demonstration"]

    assert kind.simulate(task, simulated()) is None
    make_completion(prompt, "Poor.")
    assert kind.simulate(task, simulated()) is None
    make_completion(prompt, "Best. And then", finish_reason="length")
    assert kind.simulate(task, simulated()) == {"text": "Best."}


def test_a_correction_puts_the_best_text_in_place_of_the_one_shown(project: Project) -> None:
    task = make_task(project, "correction", texts=["Poor."])
    shown = task.completions.get()
    kind = kinds()["correction"]

    assert kind.simulate(task, simulated()) is None
    make_completion(task.prompt, "Good.")
    assert kind.simulate(task, simulated()) == {"completion": shown.pk, "text": "Good."}


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Try this.\n\n1. Rest.\n2.", "Try this.\n\n1. Rest."),
        ("Try this. And", "Try this."),
        ("No end in sight", ""),
    ],
)
def test_a_cut_text_loses_what_follows_its_last_sentence(
    project: Project, text: str, whole: str
) -> None:
    prompt = make_prompt(project)

    assert whole_sentences(make_completion(prompt, text, finish_reason="length")) == whole
    assert whole_sentences(make_completion(prompt, text)) == text
