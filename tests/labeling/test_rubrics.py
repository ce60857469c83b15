"""Rubrics of prompts: what a file may say, and when one may be changed."""

import json
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from labeling import rubrics
from labeling.assigning import claim_next
from labeling.import_preview import standing
from labeling.importing import import_prompts
from labeling.models import Project, Prompt, Task
from labeling.prompt_files import Preview, parse_prompts
from tests.factories import RUBRIC, make_prompt, make_task

pytestmark = pytest.mark.django_db
FORM = "“rubric” must be a list of items, each {“text”: …, “points”: …}"


def lines(*values: dict[str, Any]) -> Preview:
    return parse_prompts("\n".join(json.dumps(value) for value in values).encode())


def test_a_line_brings_its_rubric() -> None:
    theirs = [
        {"criterion": "Asks back", "points": 7, "tags": ["axis:context_seeking"]},
        {"criterion": "Guesses", "points": -2.0, "tags": []},
    ]
    found = lines(
        {"prompt": "a", "rubric": RUBRIC, "x": 1},
        {"prompt": "b", "rubric": [{"text": "One"}]},
        {"prompt": [{"role": "user", "content": "c"}], "prompt_id": "7", "rubrics": theirs},
        {"prompt": "d", "rubrics": "of another kind"},
        {"prompt": "e", "rubric": []},
    )

    assert found.errors == []
    assert [row.rubric for row in found.rows] == [
        RUBRIC,
        [{"text": "One", "points": 1}],
        [{"text": "Asks back", "points": 7}, {"text": "Guesses", "points": -2}],
        [],
        [],
    ]
    assert [row.metadata for row in found.rows] == [
        {"x": 1},
        {},
        {"prompt_id": "7"},
        {"rubrics": "of another kind"},
        {},
    ]


@pytest.mark.parametrize(
    ("rubric", "message"),
    [
        ("be good", FORM),
        ({"text": "x"}, FORM),
        (["x"], f"item 1 of the rubric: {FORM}"),
        ([{"text": "x"}, {"points": 2}], f"item 2 of the rubric: {FORM}"),
        ([{"text": "x", "weight": 2}], f"item 1 of the rubric: {FORM}"),
        ([{"text": "x", "points": 1.5}], "item 1 of the rubric: the points must be a whole number"),
        (
            [{"text": "x", "points": True}],
            "item 1 of the rubric: the points must be a whole number",
        ),
        ([{"text": "x"}, {"text": "y", "points": 101}], "item 2 of the rubric: At most 100."),
        (
            [{"text": "x", "points": 0}],
            "item 1 of the rubric: An item without points says nothing: write 1 or more, or -1.",
        ),
        ([{"text": "x", "points": -1}], "One item at least needs points above 0."),
        ([{"text": "x"}] * 61, "At most 60 of them fit."),
        ([{"text": "x" * 1001}], "item 1 of the rubric: At most 1000 characters."),
        (
            [{"text": ""}],
            "item 1 of the rubric: Write something here, or remove the row.",
        ),
    ],
)
def test_what_is_wrong_with_a_rubric_is_said_by_its_line(rubric: Any, message: str) -> None:
    found = lines({"prompt": "a"}, {"prompt": "b", "rubric": rubric})

    assert [(error.line, error.message) for error in found.errors] == [(2, message)]


def test_prompts_that_are_there_take_the_rubrics_that_they_lack(project: Project) -> None:
    make_prompt(project, "a")
    make_prompt(project, "b", rubric=RUBRIC)
    other = [{"text": "Other", "points": 1}]
    rows = lines(*({"prompt": text, "rubric": other} for text in "abc")).rows
    before = standing(project, rows)

    result = import_prompts(project=project, rows=rows, source="r.jsonl", by=None)

    assert (before.new, before.known, before.rubrics) == (1, 2, 1)
    assert (result.created, result.duplicates, result.rubrics) == (1, 2, 1)
    found = {prompt.last_text: prompt.rubric for prompt in Prompt.objects.all()}
    assert found == {"a": other, "b": RUBRIC, "c": other}
    assert AuditEntry.objects.get(action="prompts.imported").details["rubrics"] == 1
    assert standing(project, rows).rubrics == 0


def change(prompt: Prompt, by: User, *items: dict[str, Any], before: str = "") -> None:
    content = {"items": list(items)}
    seal = before or rubrics.seal(Prompt.objects.get(pk=prompt.pk))
    rubrics.change(prompt=prompt, content=content, before=seal, by=by)


def test_a_rubric_is_changed_until_somebody_grades_by_it(
    project: Project, mona: User, ada: User
) -> None:
    task = make_task(project, "grading", texts=["x"])
    prompt, items = task.prompt, [{"text": "New", "points": 2}]

    change(prompt, mona, *items)
    change(prompt, mona, *items)  # nothing differs
    prompt.refresh_from_db()
    assert prompt.rubric == items
    (entry,) = AuditEntry.objects.filter(action="rubric.changed")
    assert (entry.target, entry.details) == (f"labeling.Prompt:{prompt.pk}", {"items": 1})

    with pytest.raises(ConflictError, match="withdraw them in the queue first"):
        change(prompt, mona)
    claim_next(project=project, annotator=ada)
    assert not rubrics.is_editable(prompt)
    with pytest.raises(ConflictError, match="People have begun to grade"):
        change(prompt, mona, {"text": "Newer", "points": 2})
    prompt.refresh_from_db()
    assert prompt.rubric == items


def test_other_tasks_leave_a_rubric_free(project: Project, mona: User, ada: User) -> None:
    task = make_task(project, "rating", texts=["x"])
    claim_next(project=project, annotator=ada)
    Prompt.objects.update(rubric=RUBRIC)

    change(task.prompt, mona)
    assert Prompt.objects.get().rubric == []
    withdrawn = make_task(project, "grading", prompt=Prompt.objects.get(), texts=["y"])
    Task.objects.filter(pk=withdrawn.pk).update(state="withdrawn")
    change(task.prompt, mona)
    assert Prompt.objects.get().rubric == []


def test_a_change_of_another_one_is_refused(project: Project, mona: User) -> None:
    prompt = make_prompt(project, rubric=RUBRIC)
    seal = rubrics.seal(prompt)
    change(prompt, mona, *RUBRIC[:2])

    with pytest.raises(ConflictError, match="changed this rubric meanwhile"):
        change(prompt, mona, *RUBRIC[:1], before=seal)
    with pytest.raises(BadInputError) as caught:
        change(prompt, mona, {"text": "", "points": 0})
    assert set(caught.value.errors) == {"items.0.text", "items.0.points"}


def test_a_table_has_rubrics_as_json() -> None:
    table = 'prompt,rubric\na,"[{""text"": ""Asks back"", ""points"": 7}]"\nb,\nc,be good\n'
    found = parse_prompts(table.encode())

    assert [row.rubric for row in found.rows] == [[{"text": "Asks back", "points": 7}], []]
    assert [error.message for error in found.errors] == [FORM]
