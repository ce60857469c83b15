"""Steps of a completion: where they begin, what an answer is, and what leaves of it."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from core.errors import BadInputError
from labeling.checks import files, uploading
from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.kinds import kinds
from labeling.kinds.simulation import Habits, Simulated
from labeling.kinds.stepwise.settings import StepwiseSettings
from labeling.kinds.stepwise.splitting import steps
from labeling.models import Gold, Project, Task
from tests.factories import make_annotation, make_task
from tests.labeling.kinds.test_kinds import answer, ids

KIND = kinds()["stepwise"]
SUM = "3 · 4 = 12 🥚\n\n2 + 12 = 15\n\n15 是奇数。\n"


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in steps(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "First.\nMore.\n\nSecond.\n \n\n  Third.",
            ["First.\nMore.\n\n", "Second.\n \n\n", "  Third."],
        ),
        ("a\r\nb\r\n\r\nc\r\n", ["a\r\nb\r\n\r\n", "c\r\n"]),
        (
            "1. One.\n   - part\n2) Two.\n3.5 is not.",
            ["1. One.\n   - part\n", "2) Two.\n3.5 is not."],
        ),
        ("Step 1: a\n**Step 2:** b", ["Step 1: a\n", "**Step 2:** b"]),
        ("第一步：甲\n第二步：乙", ["第一步：甲\n", "第二步：乙"]),
        ("One line\nand another", ["One line\n", "and another"]),
        ("One. Two! 三。四", ["One. ", "Two! ", "三。", "四"]),
        ("Only one", ["Only one"]),
        ("We have:\n\n$x$\n\nSo.", ["We have:\n\n$x$\n\n", "So."]),
        ("# Title\n\nBody\n\n---\n\nEnd", ["# Title\n\nBody\n\n---\n\n", "End"]),
        ("A\n\n```py\na\n\nb\n```\n\nB", ["A\n\n", "```py\na\n\nb\n```\n\n", "B"]),
        ("A\n\n~~~\n1. a\n\n2. b", ["A\n\n", "~~~\n1. a\n\n2. b"]),
        ("A\n\n\\[ x\n\n y \\]\n\nB", ["A\n\n", "\\[ x\n\n y \\]\n\n", "B"]),
        ("$$a\n\nb$$\n\nB", ["$$a\n\nb$$\n\n", "B"]),
        ("\\begin{align}a\n\nb\\end{align}\n\nB", ["\\begin{align}a\n\nb\\end{align}\n\n", "B"]),
        ("Cost $5. Then $6. End", ["Cost $5. ", "Then $6. ", "End"]),
        ("Say `a. b` now. Then \\(a. b\\) too.", ["Say `a. b` now. ", "Then \\(a. b\\) too."]),
        ("", []),
    ],
)
def test_where_steps_begin(text: str, found: list[str]) -> None:
    assert said(text) == found


PIECES = [
    "a",
    "b. ",
    "\n",
    "\n\n",
    "\r\n",
    "1. ",
    "$",
    "$$",
    "```\n",
    "\\[",
    "\\]",
    "# ",
    ":",
    " ",
    "。",
    "🥚",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_steps_together_are_the_text_byte_for_byte(text: str) -> None:
    assert "".join(said(text)).encode() == text.encode()


def test_a_text_of_formulas_without_ends_is_split_at_once() -> None:
    assert len(steps("\\[ \\begin{a} $$ \\( " * 2_000)) == 1


def body(task: Task, labels: list[int | None], **rewrites: str) -> dict[str, Any]:
    (text,) = task.completions.values_list("text", flat=True)
    found = [
        {"start": start, "end": end, "label": label, "rewrite": rewrites.get(f"step{n}")}
        for n, ((start, end), label) in enumerate(zip(steps(text), labels, strict=True), 1)
    ]
    return {"completion": ids(task)[0], "steps": found}


def test_each_step_has_a_label(project: Project, ada: User) -> None:
    task = make_task(project, "stepwise", texts=[SUM])
    wanted = body(task, [1, -1, 0], step2="2 + 12 = 14")

    given = answer(project, ada, wanted)

    assert given.body == wanted
    assert KIND.summary(given) == "Step 2 of 3 is wrong"
    assert KIND.marked(given) == ["wrong_step"]
    assert KIND.training_rows(given) == {}
    given.body = body(task, [1, 0, 1])
    assert (KIND.summary(given), KIND.marked(given)) == ("3 steps, none wrong", [])
    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body(task, [1, None, None]))
    assert caught.value.errors == {"steps": "2 steps have no label yet."}


@pytest.mark.parametrize(
    ("labels", "refused"),
    [
        ([1, -1, None], None),
        ([1, 0, 1], None),
        ([-1, None, None], None),
        ([1, -1, 1], "What follows the first wrong step is not labeled."),
        ([1, None, -1], "One step has no label yet."),
        ([1, 1, None], "One step has no label yet."),
    ],
)
def test_up_to_the_first_wrong_step_where_the_project_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch, labels: list[int | None], refused: str | None
) -> None:
    task = make_task(project, "stepwise", texts=[SUM])
    first = StepwiseSettings(until="first_error", may_rewrite=False)
    monkeypatch.setattr(type(KIND), "settings_of", lambda self, task: first)
    if refused is None:
        assert KIND.validate(task, body(task, labels)) == body(task, labels)
        with pytest.raises(BadInputError) as caught:
            KIND.validate(task, body(task, labels, step1="Anew."))
        assert caught.value.errors == {"steps": "This project does not have steps rewritten."}
        return
    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body(task, labels))
    assert caught.value.errors == {"steps": refused}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"end": 5}, "steps"),
        ({"start": 1}, "steps"),
        ({"label": 2}, "steps.0.label"),
        ({"label": "1"}, "steps.0.label"),
        ({"rewrite": " "}, "steps.0.rewrite"),
    ],
)
def test_steps_that_are_not_the_texts_are_refused(
    project: Project, change: dict[str, Any], field: str
) -> None:
    task = make_task(project, "stepwise", texts=[SUM])
    wrong = body(task, [1, 1, 1])
    wrong["steps"][0] |= change

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, wrong)
    assert list(caught.value.errors) == [field]
    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body(task, [1, 1, 1]) | {"completion": 0})
    assert list(caught.value.errors) == ["completion"]


@pytest.mark.parametrize(
    ("one", "other", "sums"),
    [
        (
            [1, -1, 0],
            [1, 0, -1],
            {"labels": (1, 3), "wrong": (0, 2, 1), "first_error": (0, 1), "apart": (1, 1)},
        ),
        ([1, 1, 0], [1, 1, 0], {"labels": (3, 3), "wrong": (0, 0, 3), "first_error": (1, 1)}),
        (
            [-1, None, None],
            [-1, None, None],
            {"labels": (1, 1), "wrong": (1, 0, 0), "first_error": (1, 1), "apart": (0, 1)},
        ),
        (
            [1, 1, 1],
            [-1, None, None],
            {"labels": (0, 1), "wrong": (0, 1, 0), "first_error": (0, 1)},
        ),
    ],
)
def test_agreement_is_of_steps_that_both_labeled_and_of_the_first_error(
    project: Project, one: list[int | None], other: list[int | None], sums: dict[str, Any]
) -> None:
    task = make_task(project, "stepwise", texts=[SUM], overlap=2)

    found = KIND.compare(*(make_annotation(task, body(task, labels)) for labels in (one, other)))

    assert found == sums


def exported(task: Task, given: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    prompt = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
    texts = [CompletionRecord(5, SUM, "stop", "base")]
    record = AnnotationRecord(9, "stepwise", 3, 2, given, [5], 4, 60, prompt, texts)
    return {dataset.name: list(make(record)) for dataset, make in KIND.exports.items()}


def test_steps_leave_as_trl_reads_them_and_as_they_were_given(project: Project) -> None:
    task = make_task(project, "stepwise", texts=[SUM])

    found = exported(task, body(task, [0, -1, None], step2=" 2 + 12 = 14 ", step1="12."))

    first, second = "3 · 4 = 12 🥚", "2 + 12 = 15"
    assert found == {
        "steps": [
            {"completions": steps, "labels": labels, "is_rewritten": rewritten, "model": "base"}
            for steps, labels, rewritten in (
                ([first, second], [True, False], False),
                (["12."], [True], True),
                ([first, "2 + 12 = 14"], [True, True], True),
            )
        ],
        "step_labels": [
            {
                "completion_id": 5,
                "completion": SUM,
                "finish_reason": "stop",
                "model": "base",
                "steps": [
                    {"start": 0, "end": 14, "label": 0, "is_labeled": True, "rewrite": "12."},
                    {
                        "start": 14,
                        "end": 27,
                        "label": -1,
                        "is_labeled": True,
                        "rewrite": " 2 + 12 = 14 ",
                    },
                    {"start": 27, "end": 35, "label": 0, "is_labeled": False, "rewrite": ""},
                ],
                "first_error": 2,
            }
        ],
    }


def test_what_follows_a_wrong_step_is_no_row_of_its_own(project: Project) -> None:
    task = make_task(project, "stepwise", texts=[SUM])

    rows = exported(task, body(task, [-1, 1, 1], step3="15 是质数。"))

    assert [row["labels"] for row in rows["steps"]] == [[False, True, True]]
    assert rows["step_labels"][0]["first_error"] == 1
    assert exported(task, body(task, [1, 1, 1]))["step_labels"][0]["first_error"] == 0


SCORES = {"a": 0.0, "a\nb": 1.0, "a\nb\nc": 0.2, "a\nb\nc\nd": 0.25}


def gold(prompt: str, text: str, *, finished: bool) -> float:
    return SCORES[text.strip()]


@pytest.mark.parametrize(
    ("until", "labels"), [("all", [1, 1, -1, 0]), ("first_error", [1, 1, -1, None])]
)
def test_a_simulated_annotator_goes_by_what_a_step_adds(
    project: Project, monkeypatch: pytest.MonkeyPatch, until: Any, labels: list[int | None]
) -> None:
    task = make_task(project, "stepwise", texts=["a\nb\nc\nd"])
    settings = StepwiseSettings(until=until)
    monkeypatch.setattr(type(KIND), "settings_of", lambda self, task: settings)
    annotator = Simulated(gold=gold, habits=Habits(temperature=1e-6), rng=random.Random(0))

    given = KIND.simulate(task, annotator)

    assert given is not None
    assert KIND.validate(task, given) == given
    assert [step["label"] for step in given["steps"]] == labels


def test_a_gold_line_gives_labels_in_the_order_of_the_steps(project: Project, mona: User) -> None:
    rows = files.parse_golds(KIND.example, project=project).rows
    uploading.store(project=project, rows=rows, by=mona, source="gold.jsonl")

    stored = Gold.objects.get().answer.body["steps"]
    assert [(step["start"], step["end"], step["label"]) for step in stored] == [
        (0, 13, 1),
        (13, 26, -1),
    ]
    wrong = files.parse_golds(KIND.example.replace("[1, -1]", "[1]"), project=project).errors
    assert "the text has 2 steps, but “labels” has 1 entries" in str(wrong[0])


def test_one_step_is_not_worth_asking(project: Project) -> None:
    texts = {text: make_task(project, "stepwise", texts=[text]) for text in ("One.", "One. Two.")}
    asked = {
        text: KIND.is_worth_asking(list(task.completions.all())) for text, task in texts.items()
    }
    assert asked == {"One.": False, "One. Two.": True}
