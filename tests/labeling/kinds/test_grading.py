"""Gradings by the rubric of a prompt: what an answer is, and what leaves of it."""

import random
from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling import kind_settings
from labeling.checks import files, uploading
from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.kinds import kinds
from labeling.kinds.grading.settings import GradingSettings
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Annotation, Gold, Project, Prompt, Task
from labeling.tasks import open_tasks
from tests.factories import RUBRIC, make_annotation, make_completion, make_prompt, make_task
from tests.labeling.kinds.test_kinds import ids

pytestmark = pytest.mark.django_db
KIND = kinds()["grading"]


def graded(task: Task, *given: str) -> dict[str, Any]:
    """A body: of each completion, oldest first, + or - for each item (5, 3 and -6 points)."""
    return {
        "texts": [
            {"completion": pk, "met": [sign == "+" for sign in signs]}
            for pk, signs in zip(ids(task), given, strict=True)
        ]
    }


def asks(project: Project, mona: User, order: Any) -> None:
    kind_settings.change(
        project=project,
        kind="grading",
        content=GradingSettings(order=order).model_dump(mode="json"),
        number=1,
        by=mona,
        open_tasks=False,
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["+++", "++"], "One item has no answer yet."),
        (["+++", ""], "3 items have no answer yet."),
        (["+++", "++++"], "The rubric has changed. Load the task again."),
    ],
)
def test_each_item_has_an_answer(project: Project, given: list[str], message: str) -> None:
    task = make_task(project, "grading", texts=["x", "y"])
    whole = graded(task, "+-+", "---")
    assert KIND.validate(task, whole) == whole

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, graded(task, *given))
    assert caught.value.errors == {"texts": message}


def test_each_text_is_graded_once_and_the_same_text_alike(project: Project) -> None:
    task = make_task(project, "grading", texts=["x", "x"])
    KIND.validate(task, graded(task, "+-+", "+-+"))
    for body in (graded(task, "+-+", "+--"), {"texts": graded(task, "+-+", "+-+")["texts"][:1]}):
        with pytest.raises(BadInputError) as caught:
            KIND.validate(task, body)
        assert list(caught.value.errors) == ["texts"]
    unsure = graded(task, "+-+", "+-+")
    unsure["texts"][0]["met"][1] = None
    with pytest.raises(BadInputError):
        KIND.validate(task, unsure)


def test_a_task_needs_a_prompt_with_a_rubric(project: Project) -> None:
    bare = make_completion(make_prompt(project))

    with pytest.raises(BadInputError, match="needs a prompt with a rubric"):
        open_tasks(project=project, kind="grading", groups=[[bare]])
    assert not KIND.is_worth_asking([bare])
    bare.prompt.rubric = RUBRIC
    assert KIND.is_worth_asking([bare])
    bare.text = " "
    assert not KIND.is_worth_asking([bare])


def test_the_score_is_the_points_met_over_all_positive_ones(project: Project) -> None:
    task = make_task(project, "grading", texts=["x", "y", "z"])
    given = make_annotation(task, graded(task, "++-", "+-+", "-++"))

    assert KIND.summary(given) == "A 100 % · B -12 % · C -38 %"  # of 8 points: 8, -1, -3
    assert KIND.shown(given) == [("A", "x"), ("B", "y"), ("C", "z")]
    assert KIND.marked(given) == ["met_fault"]
    html = " ".join(KIND.answered(given).split())
    assert "8 of 8 points, 100 %" in html
    assert "-3 of 8 points, -38 %" in html
    assert html.count('data-said="against"') == 2
    assert KIND.marked(make_annotation(task, graded(task, "++-", "---", "-+-"))) == []


ORDERS: list[tuple[str, list[str], list[list[int]] | None, int]] = [
    ("score", ["+--", "++-", "+-+"], [[1], [0], [2]], 3),
    ("score", ["---", "+++", "++-"], [[2], [1], [0]], 3),
    ("score", ["-+-", "++-", "-+-"], [[1], [0, 2]], 2),
    ("score", ["+--", "+--", "+--"], None, 0),
    ("none", ["---", "+++", "++-"], None, 0),
]


@pytest.mark.parametrize(("order", "given", "tiers", "pairs"), ORDERS)
def test_scores_are_an_order_unless_the_project_wants_none(
    project: Project,
    mona: User,
    order: str,
    given: list[str],
    tiers: list[list[int]] | None,
    pairs: int,
) -> None:
    asks(project, mona, order)
    task = make_task(project, "grading", texts=["x", "y", "z"])
    task.completions.filter(text="y").update(finish_reason="length")
    made = make_annotation(task, graded(task, *given))

    taught = KIND.teaching(Annotation.objects.all())["rankings"]

    row: dict[str, Any] = {"completions": ["x", "y", "z"], "finished": [True, False, True]}
    row |= {"tiers": tiers, "human": []}
    assert KIND.training_rows(made) == ({"rankings": [row]} if tiers else {})
    assert [one.pairs for one in taught] == ([pairs] if pairs else [])  # type: ignore[attr-defined]
    places = {place: n for n, tier in enumerate(tiers or [[0, 1, 2]]) for place in tier}
    assert KIND.pattern(made) == (() if order == "none" else tuple(places[n] for n in range(3)))


def test_two_people_are_compared_by_text_and_item(project: Project) -> None:
    task = make_task(project, "grading", texts=["x", "y", "x"])
    one, other = (
        make_annotation(task, graded(task, *given))
        for given in (["++-", "-+-", "++-"], ["+--", "-++", "+--"])
    )

    found = KIND.compare(one, other)

    assert found["same_items"] == (4.0, 6.0)  # of two texts: the third is the first
    assert found["met"] == (2.0, 2.0, 2.0)
    assert found["apart"] == (3 / 8 + 6 / 8, 2.0)
    assert (found["agreement"], found["ceiling"]) == ((1.0, 1.0), (2.0, 2.0))


def test_it_leaves_with_all_items_and_the_score() -> None:
    says = [{"role": "user", "content": "How?"}]
    prompt = PromptRecord(1, says, "", "train", "en", "", rubric=RUBRIC)
    texts = [CompletionRecord(5, "x", "stop", "base"), CompletionRecord(6, "y", "length", "v1")]
    body = {
        "texts": [
            {"completion": 5, "met": [True, False, True]},
            {"completion": 6, "met": [True, True, False]},
        ]
    }
    given = AnnotationRecord(
        9, "grading", 3, 2, body, [6, 5], 4, 60, prompt, texts, settings=GradingSettings()
    )

    found = {dataset.name: list(make(given)) for dataset, make in KIND.exports.items()}

    assert found["gradings"][0] == {
        "completion_id": 5,
        "completion": "x",
        "finish_reason": "stop",
        "model": "base",
        "origin": "model",
        "shown_at": 2,
        "items": [
            {"text": "Says how many minutes", "points": 5, "met": True},
            {"text": "Is short", "points": 3, "met": False},
            {"text": "Would spoil the egg", "points": -6, "met": True},
        ],
        "points": -1,
        "score": -0.125,
        "group_id": "grading-9",
    }
    assert (found["gradings"][1]["points"], found["gradings"][1]["score"]) == (8, 1.0)
    (pair,) = found["preferences"]
    assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) == ("y", "x")


def test_the_example_is_a_gold_task(project: Project, mona: User) -> None:
    parsed = files.parse_golds(KIND.example, project=project)
    assert (parsed.errors, len(parsed.rows)) == ([], 1)

    uploading.store(project=project, rows=parsed.rows, by=mona, source="gold.jsonl")
    right = Gold.objects.get().answer
    assert KIND.summary(right) == "A 100 % · B -60 %"
    assert [item["points"] for item in right.task.prompt.rubric] == [5, -3]


def test_a_gold_task_takes_the_rubric_of_the_project(project: Project, mona: User) -> None:
    line, rest = KIND.example.split('"rubric"')
    without = line + '"completions"' + rest.split('"completions"')[1]
    (error,) = files.parse_golds(without, project=project).errors
    assert "needs a prompt with a “rubric”" in error.message

    prompt = make_prompt(project, "How long do I boil an egg?")
    rows = files.parse_golds(KIND.example, project=project).rows
    uploading.store(project=project, rows=rows, by=mona, source="gold.jsonl")
    prompt.refresh_from_db()
    assert [item["points"] for item in prompt.rubric] == [5, -3]
    assert files.parse_golds(without, project=project).errors == []

    Prompt.objects.update(rubric=RUBRIC)
    (error,) = files.parse_golds(KIND.example, project=project).errors
    assert "another rubric" in error.message


SCORES = {"Best.": 3.0, "Middle.": -0.5, "Awful.": -3.0}


def gold(prompt: str, text: str, *, finished: bool) -> float:
    return SCORES[text]


def test_simulated_annotators_grade_by_gold(project: Project) -> None:
    task = make_task(project, "grading", texts=[*SCORES, "Best."])
    habits = Habits(temperature=1e-9, flip_rate=0.0)

    body = KIND.simulate(task, Simulated(gold=gold, habits=habits, rng=random.Random(0)))

    assert body == graded(task, "++-", "+-+", "--+", "++-")
    noisy = Habits(temperature=1.0, flip_rate=0.9)
    for seed in range(20):
        made = KIND.simulate(task, Simulated(gold=gold, habits=noisy, rng=random.Random(seed)))
        KIND.validate(task, made)
