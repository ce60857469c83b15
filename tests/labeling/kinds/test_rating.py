"""Ratings: what an answer is under a project's criteria, and what leaves of it."""

import random
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from core.errors import BadInputError
from labeling import kind_settings
from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.kinds import kinds
from labeling.kinds.rating.settings import Criterion, RatingSettings, helpful, instructgpt, keys_of
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Annotation, Project, Task
from tests.factories import make_annotation, make_task
from tests.labeling.kinds.test_kinds import ids

pytestmark = pytest.mark.django_db
KIND = kinds()["rating"]


def rated(task: Task, *given: tuple[dict[str, int] | int, str]) -> dict[str, Any]:
    """A body: of each completion, oldest first, its numbers (of `overall` if one) and its flags."""
    return {
        "ratings": [
            {
                "completion": pk,
                "scales": {"overall": numbers} if isinstance(numbers, int) else numbers,
                "flags": flags.split(),
            }
            for pk, (numbers, flags) in zip(ids(task), given, strict=True)
        ]
    }


def project_asks(project: Project, mona: User, settings: RatingSettings, number: int = 1) -> None:
    kind_settings.change(
        project=project,
        kind="rating",
        content=settings.model_dump(mode="json"),
        number=number,
        by=mona,
        open_tasks=False,
    )


def test_the_built_in_criteria_are_instructgpts() -> None:
    found = RatingSettings()

    assert found == instructgpt() == RatingSettings.model_validate(found.model_dump())
    assert [one.label for one in found.scales] == ["Overall quality"]
    assert [one.name for one in found.flags] == [
        "fails_instruction",
        "inappropriate",
        "hallucination",
        "satisfies_constraint",
        "sexual_content",
        "violent_content",
        "encourages_harm",
        "denigrates",
        "harmful_advice",
        "opinion",
        "moral_judgment",
    ]
    assert [one.name for one in helpful().scales] == ["overall", "helpful", "honest", "harmless"]


def test_each_flag_has_a_key_of_its_own_and_none_of_the_pages() -> None:
    keys = keys_of(RatingSettings().flags)
    assert keys == list("anhteocdmpl")
    many = [Criterion(label=f"Flag {n}", name=f"flag_{n}") for n in range(24)]
    assert sorted(keys_of(many)) == [*[""] * 5, *"abcdehjklmnopqtwxyz"]


def test_criteria_are_named_by_their_words_once() -> None:
    rows: list[dict[str, Any]] = [
        {"label": "Kind words"},
        {"label": "Kind, words!"},
        {"label": "好"},
        {"label": "2 eggs"},
        {"label": "Own", "name": "kind_words"},
    ]
    found = RatingSettings.model_validate({"criteria": rows}).criteria
    assert [one.name for one in found] == [
        "kind_words_2",
        "kind_words_3",
        "criterion",
        "criterion_2_eggs",
        "kind_words",
    ]
    twice = [{"label": "One", "name": "same"}, {"label": "Two", "name": "same"}]
    with pytest.raises(ValueError, match="same name in exports"):
        RatingSettings.model_validate({"criteria": twice})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([({"overall": 4}, "")], "Each text of the task needs one judgment."),
        ([({}, ""), (3, "")], "“Overall quality” has no number yet."),
        ([(0, ""), (3, "")], "A number from 1 to 7"),
        ([(8, ""), (3, "")], "A number from 1 to 7"),
        ([({"overall": 3, "speed": 2}, ""), (3, "")], "A number from 1 to 7"),
        ([(3, "rude"), (3, "")], "Only flags of this project"),
        ([(3, "opinion opinion"), (3, "")], "Only flags of this project"),
    ],
)
def test_what_is_not_whole_is_refused(project: Project, given: list[Any], said: str) -> None:
    task = make_task(project, "rating", texts=["x", "y"])
    body = rated(task, *given) if len(given) == 2 else {"ratings": []}

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body)
    assert said in caught.value.errors["ratings"]


def test_a_rating_of_another_text_or_twice_of_one_is_refused(project: Project) -> None:
    task = make_task(project, "rating", texts=["x", "y"])
    body = rated(task, (3, ""), (4, ""))
    assert KIND.validate(task, body) == body

    body["ratings"][1]["completion"] = ids(task)[0]
    with pytest.raises(BadInputError):
        KIND.validate(task, body)
    body["ratings"][1]["completion"] = 0
    with pytest.raises(BadInputError):
        KIND.validate(task, body)


def test_the_same_text_has_one_rating(project: Project) -> None:
    task = make_task(project, "rating", texts=["x", "x"])

    KIND.validate(task, rated(task, (3, "opinion denigrates"), (3, "denigrates opinion")))
    for other in ((4, "opinion denigrates"), (3, "opinion")):
        with pytest.raises(BadInputError) as caught:
            KIND.validate(task, rated(task, (3, "opinion denigrates"), other))
        assert caught.value.errors == {"ratings": "The same text has two judgments: give it one."}


def test_the_summary_is_in_the_words_that_were_asked(project: Project, mona: User) -> None:
    task = make_task(project, "rating", texts=["x", "y"])
    given = make_annotation(task, rated(task, (6, ""), (2, "hallucination opinion")))
    project_asks(project, mona, helpful())

    assert KIND.summary(given) == "A 6 · B 2: Hallucination, Expresses an opinion"
    with translation.override("zh-hans"):
        assert KIND.summary(given) == "A 6 · B 2: 幻觉, 表达观点"
    assert KIND.shown(given) == [("A", "x"), ("B", "y")]
    newer = make_task(project, "rating", texts=["x"])
    numbers = {"overall": 6, "helpful": 5, "honest": 7, "harmless": 1}
    assert KIND.summary(make_annotation(newer, rated(newer, (numbers, "")))) == "A 6/5/7/1"


ORDERS = [
    ("first", [(6, ""), (2, ""), (6, "")], [[0, 2], [1]], 2),
    ("first", [(1, ""), (2, ""), (3, "")], [[2], [1], [0]], 3),
    ("first", [(4, ""), (4, ""), (4, "")], None, 0),
    ("none", [(1, ""), (2, ""), (3, "")], None, 0),
    (
        "mean",
        [({"overall": 7, "b": 1}, ""), ({"overall": 3, "b": 5}, ""), ({"overall": 3, "b": 6}, "")],
        [[2], [0, 1]],
        2,
    ),
]


@pytest.mark.parametrize(("order", "given", "tiers", "pairs"), ORDERS)
def test_the_numbers_are_an_order_as_the_project_wants(
    project: Project,
    mona: User,
    order: Any,
    given: list[Any],
    tiers: list[list[int]] | None,
    pairs: int,
) -> None:
    rows = [Criterion(label="Polite", name="polite"), *helpful().scales[:1]]
    if order == "mean":
        rows.append(Criterion(label="B", form="scale", name="b"))
    project_asks(project, mona, RatingSettings(criteria=rows, order=order))
    task = make_task(project, "rating", texts=["x", "y", "z"])
    task.completions.filter(text="y").update(finish_reason="length")
    made = make_annotation(task, rated(task, *given))

    found = KIND.training_rows(made)
    taught = KIND.teaching(Annotation.objects.all())["rankings"]

    row = {"completions": ["x", "y", "z"], "finished": [True, False, True], "tiers": tiers}
    row["human"] = []
    assert found == ({"rankings": [row]} if tiers else {})
    assert [one.pairs for one in taught] == ([pairs] if pairs else [])  # type: ignore[attr-defined]
    places = {place: n for n, tier in enumerate(tiers or [[0, 1, 2]]) for place in tier}
    assert KIND.pattern(made) == (() if order == "none" else tuple(places[n] for n in range(3)))


def test_two_people_are_compared_by_criterion(project: Project) -> None:
    task = make_task(project, "rating", texts=["x", "y"])
    one = make_annotation(task, rated(task, (7, ""), (2, "opinion hallucination")))
    other = make_annotation(task, rated(task, (4, ""), (2, "opinion")))

    found = KIND.compare(one, other)

    assert found["nearness"] == (0.5 + 1 + 1, 4.0)  # two numbers, a flag of both, one of one alone
    assert found["first_scale"] == (6.0, 3.0, 1.0, 1.0)  # counted from 0, text by text
    assert found["flags"] == (1.0, 1.0, 20.0)
    assert found["agreement"] == (1.0, 1.0)
    assert KIND.compare(one, one)["nearness"] == (4.0, 4.0)


def test_the_same_text_counts_once_between_people(project: Project) -> None:
    task = make_task(project, "rating", texts=["x", "x"])
    made = [make_annotation(task, rated(task, (n, ""), (n, ""))) for n in (7, 1)]

    found = KIND.compare(*made)
    assert found == {
        "nearness": (0.0, 1.0),
        "first_scale": (6.0, 0.0),
        "flags": (0.0, 0.0, 11.0),
    }


def test_flags_are_marks(project: Project) -> None:
    task = make_task(project, "rating", texts=["x", "y"])
    bodies = [rated(task, (3, ""), (3, flags)) for flags in ("", "opinion denigrates")]

    found = [KIND.marked(make_annotation(task, body)) for body in bodies]
    assert found == [[], ["flagged", "denigrates", "opinion"]]
    assert set(found[1]) <= set(KIND.marks)


def test_it_leaves_with_all_criteria_by_name() -> None:
    prompt = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
    texts = [CompletionRecord(5, "x", "stop", "base"), CompletionRecord(6, "y", "length", "v1")]
    rows = [helpful().scales[0], Criterion(label="Rude", name="rude")]
    body = {
        "ratings": [
            {"completion": 5, "scales": {"overall": 2}, "flags": ["rude"]},
            {"completion": 6, "scales": {"overall": 6}, "flags": []},
        ]
    }
    settings = RatingSettings(criteria=rows)
    given = AnnotationRecord(
        9, "rating", 3, 2, body, [6, 5], 4, 60, prompt, texts, settings=settings
    )

    found = {dataset.name: list(make(given)) for dataset, make in KIND.exports.items()}

    def row(pk: int, text: str, end: str, model: str, at: int, *values: int) -> dict[str, Any]:
        names = [("overall", "Overall quality", "scale"), ("rude", "Rude", "flag")]
        return {
            "completion_id": pk,
            "completion": text,
            "finish_reason": end,
            "model": model,
            "origin": "model",
            "shown_at": at,
            "criteria": [
                {"name": name, "label": label, "form": form, "value": value}
                for (name, label, form), value in zip(names, values, strict=True)
            ],
            "group_id": "rating-9",
        }

    assert found["ratings"] == [
        row(5, "x", "stop", "base", 2, 2, 1),
        row(6, "y", "length", "v1", 1, 6, 0),
    ]
    (pair,) = found["preferences"]
    chosen, rejected = pair["chosen"][0]["content"], pair["rejected"][0]["content"]
    assert (chosen, rejected) == ("y", "x")


SCORES = {"Best.": 2.0, "Middle.": 0.0, "Awful.": -3.0}


def gold(prompt: str, text: str, *, finished: bool) -> float:
    return SCORES[text]


def test_simulated_annotators_rate_by_gold(project: Project) -> None:
    task = make_task(project, "rating", texts=[*SCORES, "Best."])
    habits = Habits(temperature=1e-9, flip_rate=0.0)

    body = KIND.simulate(task, Simulated(gold=gold, habits=habits, rng=random.Random(0)))

    assert body == rated(task, (7, ""), (4, ""), (1, "fails_instruction"), (7, ""))
    assert KIND.validate(task, body) == body
    noisy = Habits(temperature=1.0, flip_rate=0.9)
    for seed in range(20):
        made = KIND.simulate(task, Simulated(gold=gold, habits=noisy, rng=random.Random(seed)))
        KIND.validate(task, made)
