"""Two completions side by side: what an answer is, and what leaves of it."""

import random
from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling.datasets import HUMAN, AnnotationRecord, CompletionRecord, PromptRecord
from labeling.kinds import kinds
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Annotation, Project
from tests.factories import make_annotation, make_task
from tests.labeling.kinds.test_kinds import answer, ids

KIND = kinds()["comparison"]
TIE = {"better": None, "strength": 0, "both_bad": False}
BAD = {"better": None, "strength": 0, "both_bad": True}


def better(pk: int, strength: int) -> dict[str, Any]:
    return {"better": pk, "strength": strength, "both_bad": False}


def test_the_better_one_comes_first_and_ties_are_one_tier(project: Project, ada: User) -> None:
    task = make_task(project, "comparison", texts=["x", "y"])
    task.completions.filter(text="y").update(finish_reason="length")
    _x, y = ids(task)

    tiers = []
    for body in (better(y, 3), TIE, BAD):
        (row,) = KIND.training_rows(make_annotation(task, body, standing="surplus"))["rankings"]
        tiers.append(row.pop("tiers"))

    assert row == {"completions": ["x", "y"], "finished": [True, False], "human": []}
    assert tiers == [[[1], [0]], [[0, 1]], [[0, 1]]]


def test_a_tie_teaches_nothing(project: Project) -> None:
    task = make_task(project, "comparison")
    for body in (better(ids(task)[0], 1), TIE, BAD):
        make_annotation(task, body)

    taught = KIND.teaching(Annotation.objects.all())["rankings"]

    assert [(given.body["strength"], given.pairs) for given in taught] == [(1, 1)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"better": 0, "strength": 2, "both_bad": False}, "better"),
        ({"better": "x", "strength": 0, "both_bad": False}, "strength"),
        ({"better": "x", "strength": 4, "both_bad": False}, "strength"),
        ({"better": "x", "strength": 1, "both_bad": True}, "strength"),
        ({"better": None, "strength": 1, "both_bad": False}, "strength"),
        ({"better": None, "strength": 0, "both_bad": "no"}, "both_bad"),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(
    project: Project, body: dict[str, Any], field: str
) -> None:
    task = make_task(project, "comparison", texts=["x", "y"])
    if body["better"] == "x":
        body = body | {"better": ids(task)[0]}

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body)

    assert list(caught.value.errors) == [field]


def test_the_same_text_twice_is_a_tie(project: Project) -> None:
    task = make_task(project, "comparison", texts=["x", "x"])

    assert KIND.validate(task, TIE) == TIE
    with pytest.raises(BadInputError, match="form of this task"):
        KIND.validate(task, better(ids(task)[0], 1))
    assert not KIND.is_worth_asking(list(task.completions.all()))


def test_the_summary_speaks_of_the_letters_that_were_seen(project: Project, ada: User) -> None:
    task = make_task(project, "comparison", texts=["x", "y"])
    given = answer(project, ada, better(ids(task)[1], 3))
    letter = "AB"[given.shown_order.index(ids(task)[1])]

    assert KIND.summary(given) == f"{letter} is much better"
    assert KIND.shown(given) == [
        ("A", "xy"[ids(task).index(given.shown_order[0])]),
        ("B", "xy"[ids(task).index(given.shown_order[1])]),
    ]
    given.body = TIE
    assert KIND.summary(given) == "Tie"
    given.body = BAD
    assert KIND.summary(given) == "Both are bad"


def exported(body: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    prompt = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
    texts = [CompletionRecord(5, "x", "stop", "base"), CompletionRecord(6, "y", "stop", "", HUMAN)]
    given = AnnotationRecord(9, "comparison", 3, 2, body, [6, 5], 4, 60, prompt, texts)
    return {dataset.name: list(make(given)) for dataset, make in KIND.exports.items()}


def test_it_leaves_with_its_strength() -> None:
    def part(pk: int, text: str, shown_at: int, model: str) -> dict[str, Any]:
        origin = "model" if model else "human"
        made = {"finish_reason": "stop", "model": model, "origin": origin}
        return {"id": pk, "text": text, "shown_at": shown_at, **made}

    assert exported(better(6, 2)) == {
        "preferences": [
            {
                "chosen": [{"role": "assistant", "content": "y"}],
                "rejected": [{"role": "assistant", "content": "x"}],
                "group_id": "comparison-9",
                "chosen_tier": 1,
                "rejected_tier": 3,
                "margin": 2 / 3,
                "chosen_origin": "human",
                "rejected_origin": "model",
                "chosen_model": "",
                "rejected_model": "base",
            }
        ],
        "unpaired": [
            {
                "completion": [{"role": "assistant", "content": text}],
                "label": text == "y",
                "group_id": "comparison-9",
                "origin": "model" if model else "human",
                "model": model,
            }
            for text, model in (("x", "base"), ("y", ""))
        ],
        "comparisons": [
            {
                "completions": [part(5, "x", 2, "base"), part(6, "y", 1, "")],
                "preference": 2,
                "both_bad": False,
            }
        ],
    }
    rows = [exported(body) for body in (better(5, 3), TIE, BAD)]
    assert [len(row["preferences"]) for row in rows] == [1, 0, 0]
    assert [[text["label"] for text in row["unpaired"]] for row in rows] == [
        [True, False],
        [],
        [False, False],
    ]
    said = [
        (row["comparisons"][0]["preference"], row["comparisons"][0]["both_bad"]) for row in rows
    ]
    assert said == [(-3, False), (0, False), (0, True)]


SCORES = {"Best.": 1.0, "Good.": 0.4, "Good as well.": 0.35, "Awful.": -3.0, "Awful too.": -3.5}


def gold(prompt: str, text: str, *, finished: bool) -> float:
    return SCORES[text]


@pytest.mark.parametrize(
    ("texts", "flip", "said"),
    [
        (["Good.", "Best."], 0.0, ("Best.", 2, False)),
        (["Good.", "Best."], 1.0, ("Good.", 2, False)),
        (["Best.", "Awful."], 0.0, ("Best.", 3, False)),
        (["Good.", "Good as well."], 0.0, (None, 0, False)),
        (["Awful.", "Awful too."], 0.0, (None, 0, True)),
    ],
)
def test_a_simulated_annotator_goes_by_gold(
    project: Project, texts: list[str], flip: float, said: tuple[str | None, int, bool]
) -> None:
    task = make_task(project, "comparison", texts=texts)
    habits = Habits(temperature=1e-6, flip_rate=flip)

    body = KIND.simulate(task, Simulated(gold=gold, habits=habits, rng=random.Random(0)))

    assert body is not None
    assert KIND.validate(task, body) == body
    text_of = {None: None, **{c.pk: c.text for c in task.completions.all()}}
    assert (text_of[body["better"]], body["strength"], body["both_bad"]) == said
