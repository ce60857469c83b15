"""Files of gold tasks: each bad line is named, good ones become gold tasks that train nothing."""

import json
from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling.checks import files, uploading
from labeling.kinds import kinds
from labeling.models import Annotation, Gold, Project, Prompt
from rounds.queries import usable_annotations
from tests.factories import make_prompt

RANKING = {
    "kind": "ranking",
    "prompt": "How long?",
    "completions": ["Six.", "No.", "Six.", "An hour."],
    "answer": {"tiers": [["Six."], ["An hour."]], "unacceptable": ["No."]},
}


def lines(*rows: Any) -> str:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)


def test_a_file_becomes_gold_tasks(project: Project, mona: User) -> None:
    correction = {
        "kind": "correction",
        "prompt": "怎么煮鸡蛋？",
        "completions": ["六分"],
        "answer": {"completion": "六分", "text": "六分"},
        "test": True,
    }
    rows = files.parse_golds(lines(RANKING, correction), project=project).rows

    stored = [
        uploading.store(project=project, rows=rows, by=mona, source="gold.jsonl") for _ in range(2)
    ]

    assert stored == [2, 0]
    golds = Gold.objects.order_by("pk").select_related("answer", "task__prompt")
    ranking, other = golds
    a, no, twin, hour = ranking.task.completion_ids
    assert ranking.answer.body == {"tiers": [[a, twin], [hour]], "unacceptable": [no]}
    assert other.answer.body == {"completion": other.task.completion_ids[0], "text": "六分"}
    assert [(g.is_test, g.task.state, g.task.prompt.language) for g in golds] == [
        (False, "done", "en"),
        (True, "done", "zh"),
    ]
    assert not Prompt.objects.in_use().exists()
    assert not usable_annotations(project).exists()
    assert set(Annotation.objects.values_list("standing", flat=True)) == {"check"}


def test_a_prompt_that_is_there_stays_in_use(project: Project, mona: User) -> None:
    prompt = make_prompt(project, "How long?")
    rows = files.parse_golds(lines(RANKING), project=project).rows

    uploading.store(project=project, rows=rows, by=mona, source="gold.jsonl")

    assert list(Prompt.objects.in_use()) == [prompt]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[]", "this is not a JSON object"),
        ("{", "this is not JSON ("),
        ({**RANKING, "kind": "poem"}, "“kind” must be one of"),
        ({**RANKING, "colour": 1}, "“colour” is not known here"),
        ({**RANKING, "test": 1}, "“test” must be true or false"),
        ({**RANKING, "completions": ["Six."]}, "list of 2 to 9 texts"),
        ({**RANKING, "completions": ["Six.", 3]}, "a completion must be a text"),
        ({**RANKING, "answer": []}, "“answer” must be a JSON object"),
        ({**RANKING, "answer": {"tiers": [["Six."]], "unacceptable": []}}, "have no place yet"),
        ({**RANKING, "answer": {"tiers": [["Seven."]]}}, "“Seven.” is none of"),
        ({**RANKING, "answer": {"tiers": 3, "unacceptable": []}}, "not of the form"),
        ({key: RANKING[key] for key in ("kind", "completions", "answer")}, "either “prompt”"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(project: Project, line: Any, message: str) -> None:
    preview = files.parse_golds(lines(RANKING, line), project=project)

    assert len(preview.rows) == 1
    assert [error.line for error in preview.errors] == [2]
    assert message in str(preview.errors[0])


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_and_objects_of_several_lines_are_read_as_files_of_prompts_are(
    project: Project, indent: int | None
) -> None:
    other = {**RANKING, "prompt": "How hot?"}

    array = files.parse_golds(json.dumps([RANKING, 3, other], indent=indent), project=project)
    objects = files.parse_golds(
        "\n".join(json.dumps(row, indent=2) for row in (RANKING, other)), project=project
    )

    for preview in (array, objects):
        texts = [row.prompt.last_text for row in preview.rows]
        assert texts == ["How long?", "How hot?"]
    assert [error.message for error in array.errors] == ["this is not a JSON object"]


def test_bad_json_is_told_with_its_column_and_what_is_too_much_is_counted(
    project: Project,
) -> None:
    twice = '{"kind": "ranking", "kind": "comparison"}'

    preview = files.parse_golds(lines(RANKING, '{"kind": 3', twice, *["{}"] * 150), project=project)

    told = [str(error) for error in preview.errors[:2]]
    assert told[0].startswith("line 2, column 11: this is not JSON")
    assert told[1] == "line 3: the object has the key “kind” twice"
    assert (len(preview.errors), preview.errors_left_out) == (100, 52)


def test_a_table_has_json_in_its_cells(project: Project) -> None:
    """As a spreadsheet writes it."""
    cells = [json.dumps(RANKING[name]).replace('"', '""') for name in ("completions", "answer")]
    table = (
        f'kind,prompt,completions,answer,test\nranking,How long?,"{cells[0]}","{cells[1]}",yes\n'
    )

    (row,) = files.parse_golds(table, project=project).rows

    assert (row.completions, row.body) == (RANKING["completions"], RANKING["answer"])
    assert (row.prompt.last_text, row.is_test) == ("How long?", True)
    with pytest.raises(BadInputError, match="Call one of them “prompt”"):
        files.parse_golds("kind,question\nranking,How long?", project=project)


@pytest.mark.parametrize("text", ["", " \n", "{}\n" * 501])
def test_a_file_that_is_empty_or_too_long(project: Project, text: str) -> None:
    with pytest.raises(BadInputError):
        files.parse_golds(text, project=project)


def test_the_examples_on_the_page_are_right(project: Project, mona: User) -> None:
    examples = [kind.example for kind in kinds().values() if kind.example]
    preview = files.parse_golds("\n".join(examples), project=project)

    assert preview.errors == []
    assert uploading.store(project=project, rows=preview.rows, by=mona, source="") == len(examples)
