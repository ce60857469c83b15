"""Exports of Rondo that come in again: what is told of rows that have no place."""

import json
from io import BytesIO
from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling.fitting import fitting
from labeling.labeled_files import parse_file
from labeling.models import Annotation, Project
from labeling.whole_files import import_file
from tests.factories import make_prompt
from tests.labeling.test_prompt_files import lines

pytestmark = pytest.mark.django_db
PROMPT = [{"role": "user", "content": "Egg?"}]
AROUND: dict[str, Any] = {
    "annotation_id": 7,
    "kind": "x",
    "annotator": "p-1",
    "prompt_id": 1,
    "metadata": "{}",
    "prompt": PROMPT,
}
OF_TEXT = {
    "completion_id": 3,
    "completion": "Call +1 202 555 0143, then wait.",
    "finish_reason": "length",
    "model": "policy v1",
    "origin": "model",
    "shown_at": 1,
}
ERROR = {
    "start": 27,
    "end": 31,
    "quote": "wait",
    "type": "style",
    "severity": "minor",
    "weight": 1.0,
    "note": "",
    "text": "",
    "score": 1.0,
    "errors": 1,
}
CRITIQUE = {**AROUND, **OF_TEXT, **ERROR}
RULES = {
    **AROUND,
    **OF_TEXT,
    "rules": [{"name": "ours", "text": "Is ours.", "answer": "broken"}],
    "broken": 1,
    "unsure": 0,
    "group_id": "rules-7",
}
RATING = {
    **AROUND,
    **OF_TEXT,
    "criteria": [{"name": "warmth", "label": "Warm", "form": "scale", "value": 3}],
    "group_id": "rating-7",
}
GRADING = {
    **AROUND,
    **OF_TEXT,
    "items": [{"text": "Says how long", "points": 5, "met": True}],
    "points": 5,
    "score": 1.0,
    "group_id": "grading-7",
}
COMPARISON = {**AROUND, "completions": [], "preference": 1, "both_bad": False}
STEPS = {**AROUND, "completions": ["a", "b"], "labels": [True], "is_rewritten": False}
STEP = {"start": 0, "end": 1, "label": 1, "is_labeled": True, "rewrite": ""}
STEP_LABELS = {**AROUND, **OF_TEXT, "steps": [STEP], "first_error": 0}
TURN = {"message": "", "replies": [], "preference": 0, "both_bad": False, "kept": 1}
DIALOGUE = {**AROUND, "messages": PROMPT, "turns": [TURN]}


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (CRITIQUE | {"type": "=theirs"}, "its errors are of =theirs, which are no types"),
        (CRITIQUE | {"quote": "never"}, "“never” does not stand in the completion"),
        (RULES, "it answers the rules ours, which are not those of this project"),
        (RATING, "it judges texts by warmth, which are not the criteria"),
    ],
)
def test_what_has_no_place_in_a_project_is_told_by_line(
    project: Project, row: dict[str, Any], what: str
) -> None:
    found = parse_file(BytesIO(lines(row)))
    assert (found.format.name, found.errors) == ("rondo", [])

    told = fitting(project)(found)

    assert (told.rows, told.labels, [error.line for error in told.errors]) == ([], [], [1])
    assert what in told.errors[0].message


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (COMPARISON, "it does not have two texts"),
        (STEPS, "it must have a label for each step"),
        (DIALOGUE, "a turn must have two replies"),
        (DIALOGUE | {"turns": []}, "it must have 1 to 20 turns"),
        (STEPS | {"labels": [True, False], "completions": ["a", " "]}, "a step is empty"),
        (
            STEP_LABELS | {"steps": [{**STEP, "end": len(OF_TEXT["completion"]), "label": 4}]},
            "a label",
        ),
        (CRITIQUE | {"start": "27a"}, "“start” is not as Rondo exports it"),
        (CRITIQUE | {"note": 3}, "“note” is not as Rondo exports it"),
        (RATING | {"criteria": [{"name": "a", "value": True}]}, "“criteria.value” is not as"),
        (RATING | {"criteria": [3]}, "“criteria” is not as Rondo exports it"),
        ({**AROUND, "chosen": []}, "it does not have the columns of an export of labels"),
        ({**AROUND, "completion": [], "model": ""}, "it holds no conversation"),
    ],
)
def test_a_row_that_is_not_as_it_was_exported_is_told(row: dict[str, Any], what: str) -> None:
    (error,) = parse_file(BytesIO(lines(row))).errors

    assert what in error.message


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": PROMPT, "reason": "other", "note": "", "assignment_id": 3, "prompt_id": 1},
        {"before": "a", "after": "b", "metrics": "{}", "evaluation_id": 3, "run": 1},
        {"prompt": PROMPT, "completion": "Six.", "evaluation_id": 3, "run": 1, "prompt_id": 1},
    ],
)
@pytest.mark.parametrize("is_table", [False, True])
def test_what_happened_elsewhere_is_not_imported_and_says_so(
    row: dict[str, Any], is_table: bool
) -> None:
    raw = lines(row)
    if is_table:
        cells = [json.dumps(v) if isinstance(v, list) else str(v) for v in row.values()]
        quoted = [cell.replace('"', '""') for cell in cells]
        raw = (",".join(row) + "\n" + ",".join(f'"{cell}"' for cell in quoted)).encode()

    found = parse_file(BytesIO(raw))

    assert found.format.name == "rondo"
    assert "say what happened in the project that exported them" in found.errors[0].message


def test_a_grading_is_of_the_rubric_that_its_prompt_has(project: Project, mona: User) -> None:
    raw = lines(GRADING)
    make_prompt(project, "Egg?", rubric=[{"text": "Says why", "points": 1}])

    with pytest.raises(BadInputError, match="line 1: its prompt has another rubric"):
        import_file(project=project, file=BytesIO(raw), name="gradings.jsonl", by=mona)

    assert not Annotation.objects.exists()


def test_places_follow_what_is_taken_out_of_their_text(project: Project, mona: User) -> None:
    project.redacts_personal = True
    project.save()

    import_file(project=project, file=BytesIO(lines(CRITIQUE)), name="critiques.jsonl", by=mona)

    found = Annotation.objects.get()
    (error,) = found.body["errors"]
    text = found.task.completions.get()
    assert text.text == "Call [PHONE], then wait."
    assert text.text[error["start"] : error["end"]] == "wait"
    assert (text.finish_reason, text.sampling) == ("length", {"model": "policy v1"})


def test_a_preview_shows_places_where_a_row_says_some() -> None:
    two = RATING | {"completion_id": 4, "completion": "Wait."}
    texts = [
        {**OF_TEXT, "id": number, "text": str(number), "tier": number, "acceptable": True}
        for number in (1, 2)
    ]
    ranking = {**AROUND, "completions": texts, "tiers": [[1], [2]], "edited_from": 0}

    rated, ranked = (
        parse_file(BytesIO(lines(*rows))).labels for rows in ((RATING, two), (ranking,))
    )

    assert [(len(each.label.texts), each.label.is_ordered) for each in (*rated, *ranked)] == [
        (2, False),
        (2, True),
    ]
