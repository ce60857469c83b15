"""Rows whose columns are called as people call them."""

from io import BytesIO
from typing import Any

import pytest

from core.errors import BadInputError
from labeling.formats import FORMATS, Entry, Label, detected
from labeling.labeled_files import parse_file


@pytest.mark.parametrize(
    ("row", "prompt", "written"),
    [
        (
            {"Question": "Egg?", "Answer": "Six minutes.", "topic": "kitchen"},
            {"prompt": "Egg?", "metadata": {"topic": "kitchen"}},
            "Six minutes.",
        ),
        ({"问题": "鸡蛋？", "回答": "六分钟"}, {"prompt": "鸡蛋？"}, "六分钟"),
        ({"input": "2 + 2", "output": 4}, {"prompt": "2 + 2"}, "4"),
        (  # databricks-dolly-15k
            {
                "instruction": "How long?",
                "context": "It is an egg.",
                "response": "Six minutes.",
                "category": "closed_qa",
            },
            {"prompt": "How long?\nIt is an egg.", "metadata": {"category": "closed_qa"}},
            "Six minutes.",
        ),
    ],
)
def test_a_question_and_its_answer(row: Any, prompt: Any, written: str) -> None:
    assert detected([row]).name == "answered"
    assert FORMATS["answered"].read(row) == [Entry(prompt=prompt, labels=(Label(written=written),))]


def test_a_question_alone_keeps_its_answer_as_metadata() -> None:
    row = {"question": "Egg?", "answer": "Six."}
    kept = {"prompt": "Egg?", "metadata": {"answer": "Six."}}

    assert FORMATS["questions"].read(row) == [Entry(prompt=kept)]
    assert FORMATS["answered"].read({"question": "Egg?"}) == [Entry(prompt={"prompt": "Egg?"})]


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([{"question": "Egg?"}], "questions"),
        ([{"question": "Egg?", "messages": []}], "prompts"),
        ([{"question": "Egg?"}] * 3 + [{"question": "Egg?", "answer": "Six."}], "answered"),
        ([{"instruction": "Egg?", "output": "Six."}], "alpaca"),
        ([{"user": "ada", "answer": "Six."}], "prompts"),
    ],
)
def test_rows_are_questions_where_nothing_says_more(rows: list[object], name: str) -> None:
    assert detected(rows).name == name


def test_a_row_without_its_question_is_told() -> None:
    with pytest.raises(BadInputError, match="it needs a text in one of the columns question, "):
        FORMATS["answered"].read({"question": " ", "answer": "Six."})


def test_a_table_as_a_spreadsheet_saves_it() -> None:
    table = "问题;回答;语言\n鸡蛋煮几分钟？;六分钟;zh\n米饭呢？;;zh\n".encode("gbk")

    preview = parse_file(BytesIO(table))

    assert (preview.form, preview.format.name, preview.encoding) == ("CSV", "answered", "gb18030")
    assert [(row.last_text, row.metadata) for row in preview.rows] == [
        ("鸡蛋煮几分钟？", {"语言": "zh"}),
        ("米饭呢？", {"语言": "zh"}),
    ]
    assert [each.label for each in preview.labels] == [Label(written="六分钟")]
