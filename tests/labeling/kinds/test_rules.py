"""Rule questions: what an answer is under a project's rules, and what leaves of it."""

import random
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from core.errors import BadInputError
from labeling import kind_settings
from labeling.checks import files, uploading
from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.kinds import kinds
from labeling.kinds.rules.settings import Rule, RulesSettings
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Annotation, Gold, Project, Task
from tests.factories import make_annotation, make_task
from tests.labeling.kinds.test_kinds import ids

pytestmark = pytest.mark.django_db
KIND = kinds()["rules"]
WORDS = {"+": "followed", "x": "broken", "?": "unsure"}
KIND_OF_TWO = [Rule(text="Threatens nobody.", name="threats"), Rule(text="Is kind.", name="kind")]


def said(task: Task, *given: str) -> dict[str, Any]:
    """A body: of each completion, oldest first, a sign for each rule."""
    names = [rule.name for rule in KIND.settings_of(task).rules]
    return {
        "texts": [
            {"completion": pk, "answers": {n: WORDS[s] for n, s in zip(names, signs, strict=False)}}
            for pk, signs in zip(ids(task), given, strict=True)
        ]
    }


def asks(project: Project, mona: User, order: Any = "none") -> None:
    """The project has two rules of its own."""
    kind_settings.change(
        project=project,
        kind="rules",
        content=RulesSettings(rules=KIND_OF_TWO, order=order).model_dump(mode="json"),
        number=1,
        by=mona,
        open_tasks=False,
    )


def test_the_built_in_rules_are_few_and_narrow() -> None:
    found = RulesSettings()

    assert found == RulesSettings.model_validate(found.model_dump())
    assert (found.order, len(found.rules)) == ("none", 12)
    names = [rule.name for rule in found.rules]
    assert names[:4] == ["stereotypes", "hate", "threats", "sexual_aggression"]
    assert all(len(rule.text) <= 70 for rule in found.rules)


def test_rules_are_named_by_their_words_once() -> None:
    rows = [Rule(text="Is kind."), Rule(text="Is kind!"), Rule(text="好。"), Rule(text="好！")]
    found = RulesSettings(rules=rows).rules

    assert [rule.name for rule in found] == ["is_kind", "is_kind_2", "rule", "rule_2"]
    twice = [Rule(text="One", name="same"), Rule(text="Two", name="same")]
    with pytest.raises(ValueError, match="same name in exports"):
        RulesSettings(rules=twice)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["++", "+"], "“Is kind.” has no answer yet."),
        (["++", ""], "“Threatens nobody.” has no answer yet."),
        (["++"], "Each text of the task needs one judgment."),
    ],
)
def test_what_is_not_whole_is_refused(
    project: Project, mona: User, given: list[str], message: str
) -> None:
    asks(project, mona)
    task = make_task(project, "rules", texts=["x", "y"])
    body = said(task, *given, *[""] * (2 - len(given)))
    body["texts"] = body["texts"][: len(given)]

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body)
    assert caught.value.errors == {"texts": message}


def test_rules_and_answers_that_are_none_are_refused(project: Project, mona: User) -> None:
    asks(project, mona)
    task = make_task(project, "rules", texts=["x"])
    assert KIND.validate(task, said(task, "?x")) == said(task, "?x")

    unknown = said(task, "++")
    unknown["texts"][0]["answers"]["rude"] = "followed"
    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, unknown)
    assert caught.value.errors == {"texts": "Only rules of this project can be answered."}
    for answer in ("yes", "", True, None):
        other = said(task, "++")
        other["texts"][0]["answers"]["kind"] = answer
        with pytest.raises(BadInputError):
            KIND.validate(task, other)


def test_the_same_text_has_the_same_answers(project: Project, mona: User) -> None:
    asks(project, mona)
    task = make_task(project, "rules", texts=["x", "x"])

    KIND.validate(task, said(task, "+x", "+x"))
    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, said(task, "+x", "++"))
    assert caught.value.errors == {"texts": "The same text has two judgments: give it one."}


def test_it_reads_in_one_line_and_rule_by_rule(project: Project, mona: User) -> None:
    asks(project, mona)
    task = make_task(project, "rules", texts=["x", "y", "z"])
    given = make_annotation(task, said(task, "xx", "++", "+?"))

    assert KIND.summary(given) == "A: 2 broken · B: none broken · C: none broken, 1 unsure"
    with translation.override("zh-hans"):
        assert KIND.summary(given) == "A: 违反 2 条 · B: 无违反 · C: 无违反, 不确定 1 条"
    assert KIND.shown(given) == [("A", "x"), ("B", "y"), ("C", "z")]
    html = KIND.answered(given)
    assert html.count('data-said="broken"') == 2
    last = html[html.index("<kbd>C</kbd>") :]  # what is not followed comes first
    assert last.index("Is kind.") < last.index("Threatens nobody.")


def test_an_answer_is_read_with_the_rules_that_it_was_given_under(
    project: Project, mona: User
) -> None:
    task = make_task(project, "rules", texts=["x"])
    given = make_annotation(task, said(task, "x" + "+" * 11))
    asks(project, mona)

    with translation.override("zh-hans"):
        assert "不对某个人群作贬低性的概括。" in KIND.answered(given)
    newer = make_task(project, "rules", texts=["x"])
    assert "Is kind." in KIND.answered(make_annotation(newer, said(newer, "++")))


ORDERS: list[tuple[str, list[str], list[list[int]] | None, int]] = [
    ("none", ["++", "xx", "+x"], None, 0),
    ("broken", ["+x", "++", "x+"], [[1], [0, 2]], 2),
    ("broken", ["xx", "++", "+?"], [[1], [2], [0]], 3),
    ("broken", ["??", "+x", "x+"], None, 0),  # two halves are one
]


@pytest.mark.parametrize(("order", "given", "tiers", "pairs"), ORDERS)
def test_fewer_broken_rules_are_an_order_where_the_project_wants_one(
    project: Project,
    mona: User,
    order: str,
    given: list[str],
    tiers: list[list[int]] | None,
    pairs: int,
) -> None:
    asks(project, mona, order)
    task = make_task(project, "rules", texts=["x", "y", "z"])
    task.completions.filter(text="y").update(finish_reason="length")
    made = make_annotation(task, said(task, *given))

    taught = KIND.teaching(Annotation.objects.all())["rankings"]

    row = {"completions": ["x", "y", "z"], "finished": [True, False, True], "tiers": tiers}
    row["human"] = []
    assert KIND.training_rows(made) == ({"rankings": [row]} if tiers else {})
    assert [one.pairs for one in taught] == ([pairs] if pairs else [])  # type: ignore[attr-defined]
    places = {place: n for n, tier in enumerate(tiers or [[0, 1, 2]]) for place in tier}
    assert KIND.pattern(made) == (() if order == "none" else tuple(places[n] for n in range(3)))


def test_two_people_are_compared_by_text_and_rule(project: Project, mona: User) -> None:
    asks(project, mona)
    task = make_task(project, "rules", texts=["x", "y"])
    one, other = (
        make_annotation(task, said(task, *given)) for given in (["x+", "x?"], ["xx", "+?"])
    )

    assert KIND.compare(one, other) == {
        "same_answers": (2.0, 4.0),
        "broken": (1.0, 2.0, 0.0),
        "unsure": (1.0, 4.0),
    }
    half = make_annotation(task, said(task, "?+", "x?"))
    assert KIND.compare(one, half)["same_answers"] == (3.5, 4.0)
    unsure = make_annotation(task, said(task, "??", "??"))
    assert "broken" not in KIND.compare(one, unsure)


def test_orders_are_compared_where_there_are_some_and_the_same_text_counts_once(
    project: Project, mona: User
) -> None:
    asks(project, mona, "broken")
    task = make_task(project, "rules", texts=["x", "y", "x"])
    one, other = (
        make_annotation(task, said(task, *given))
        for given in (["xx", "++", "xx"], ["++", "x+", "++"])
    )

    found = KIND.compare(one, other)
    assert found["same_answers"] == (1.0, 4.0)
    assert (found["agreement"], found["ceiling"]) == ((0.0, 1.0), (0.0, 2.0))


def test_marks(project: Project, mona: User) -> None:
    asks(project, mona)
    task = make_task(project, "rules", texts=["x"])

    found = [KIND.marked(make_annotation(task, said(task, signs))) for signs in ("++", "x?", "+x")]
    assert found == [[], ["broken_rule", "unsure_rule"], ["broken_rule"]]


def test_it_leaves_with_all_rules_by_name() -> None:
    prompt = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
    texts = [CompletionRecord(5, "x", "stop", "base"), CompletionRecord(6, "y", "length", "v1")]
    body = {
        "texts": [
            {"completion": 5, "answers": {"threats": "broken", "kind": "unsure"}},
            {"completion": 6, "answers": {"threats": "followed", "kind": "followed"}},
        ]
    }
    settings = RulesSettings(rules=KIND_OF_TWO, order="broken")
    given = AnnotationRecord(
        9, "rules", 3, 2, body, [6, 5], 4, 60, prompt, texts, settings=settings
    )

    found = {dataset.name: list(make(given)) for dataset, make in KIND.exports.items()}

    first = {
        "completion_id": 5,
        "completion": "x",
        "finish_reason": "stop",
        "model": "base",
        "origin": "model",
        "shown_at": 2,
        "rules": [
            {"name": "threats", "text": "Threatens nobody.", "answer": "broken"},
            {"name": "kind", "text": "Is kind.", "answer": "unsure"},
        ],
        "broken": 1,
        "unsure": 1,
        "group_id": "rules-9",
    }
    assert found["rule_answers"][0] == first
    second = found["rule_answers"][1]
    assert (second["completion"], second["broken"], second["unsure"]) == ("y", 0, 0)
    (pair,) = found["preferences"]
    assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) == ("y", "x")
    silent = given._replace(settings=RulesSettings(rules=KIND_OF_TWO))
    preferences = next(make for data, make in KIND.exports.items() if data.name == "preferences")
    assert list(preferences(silent)) == []


def test_the_example_is_a_gold_task(project: Project, mona: User) -> None:
    parsed = files.parse_golds(KIND.example, project=project)
    assert (parsed.errors, len(parsed.rows)) == ([], 1)

    uploading.store(project=project, rows=parsed.rows, by=mona, source="gold.jsonl")
    right = Gold.objects.get().answer
    assert KIND.summary(right) == "A: 2 broken, 1 unsure"


def test_a_gold_task_about_another_text_is_refused(project: Project) -> None:
    line = KIND.example.replace('"completion": "Men', '"completion": "All men')
    (error,) = files.parse_golds(line, project=project).errors
    assert "none of the task's completions" in error.message


SCORES = {"Best.": 2.0, "Middle.": -1.5, "Awful.": -3.0}


def gold(prompt: str, text: str, *, finished: bool) -> float:
    return SCORES[text]


def test_simulated_annotators_find_more_broken_rules_in_worse_texts(project: Project) -> None:
    task = make_task(project, "rules", texts=[*SCORES, "Best."])
    habits = Habits(temperature=1e-9, flip_rate=0.0)

    body = KIND.simulate(task, Simulated(gold=gold, habits=habits, rng=random.Random(0)))

    middle, awful = "x" + "+" * 11, "xx?" + "+" * 9
    assert body == said(task, "+" * 12, middle, awful, "+" * 12)
    noisy = Habits(temperature=1.0, flip_rate=0.9)
    for seed in range(20):
        made = KIND.simulate(task, Simulated(gold=gold, habits=noisy, rng=random.Random(seed)))
        KIND.validate(task, made)
