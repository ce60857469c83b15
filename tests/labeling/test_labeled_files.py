"""Files of labeled data, read: rows become prompts with labels, bad ones are told by line."""

import io
from dataclasses import replace
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import BadInputError
from labeling.formats import Label, Text
from labeling.labeled_files import LabeledPreview, parse_file
from tests.labeling.test_prompt_files import lines

PAIR = {"prompt": "Egg?", "chosen": "Six.", "rejected": "An hour."}


def labels(preview: LabeledPreview) -> list[Label]:
    return [each.label for each in preview.labels]


def test_the_same_prompt_comes_once_with_all_its_labels() -> None:
    other = {**PAIR, "rejected": "A day."}
    preview = parse_file(BytesIO(lines(PAIR, other, PAIR, {**PAIR, "prompt": "Rice?"})))

    assert (preview.format.name, preview.errors, preview.duplicates) == ("trl", [], 1)
    assert [(row.line, row.last_text) for row in preview.rows] == [(1, "Egg?"), (4, "Rice?")]
    assert [(each.line, each.prompt) for each in preview.labels] == [
        (1, preview.rows[0].sha256),
        (2, preview.rows[0].sha256),
        (4, preview.rows[1].sha256),
    ]
    assert preview.labels_of(preview.rows[0]) == labels(preview)[:1]


def test_bad_rows_are_told_by_line_beside_the_good_ones() -> None:
    raw = lines(PAIR, {**PAIR, "chosen": "An hour."}, {**PAIR, "rejected": "\0"}) + b"\n{"

    preview = parse_file(BytesIO(raw))

    assert [str(error) for error in preview.errors] == [
        "line 2: the two texts are the same",
        "line 3: text holds a NUL character.",
        "line 4, column 2: this is not JSON (Expecting property name enclosed in double quotes)",
    ]
    assert len(preview.rows) == len(preview.labels) == 1


@pytest.mark.parametrize("written", ["", " \n", "\u3000"])
def test_a_demonstration_says_something(written: str) -> None:
    preview = parse_file(BytesIO(lines(PAIR, {"prompt": "Egg?", "completion": written})))

    assert [str(error) for error in preview.errors] == [
        "line 2: the text of the assistant is empty"
    ]


def test_tables_name_the_columns_of_their_format() -> None:
    table = "Instruction,Output\nEgg?,Six minutes.\n"
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([{"chosen": [{"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"}], "rejected": [{"role": "user", "content": "a"},
        {"role": "assistant", "content": "c"}], "tool": None}]), file)  # fmt: skip

    csv, parquet = parse_file(BytesIO(table.encode())), parse_file(BytesIO(file.getvalue()))

    assert (csv.form, csv.format.name, labels(csv)) == (
        "CSV",
        "alpaca",
        [Label(written="Six minutes.")],
    )
    assert (parquet.form, parquet.format.name) == ("Parquet", "trl")
    assert labels(parquet) == [Label(texts=(Text(text="b"), Text(text="c", tier=2)))]


# As doccano writes the CSV of a sequence-to-sequence project, by pandas.
DOCCANO = """id,text,topic,label,Comments
1,How long does an egg boil?,kitchen,"Six minutes, not more.",
2,Why does it crack?,kitchen,It was cold.#Steam.,Both?#Yes
3,And a goose egg?,,,
"""


def test_the_csv_of_doccano_brings_one_label_a_row() -> None:
    found = parse_file(BytesIO(DOCCANO.encode()))

    assert (found.form, found.format.name, labels(found)) == (
        "CSV",
        "doccano",
        [Label(written="Six minutes, not more.")],
    )
    assert [(row.line, row.metadata) for row in found.rows] == [
        (2, {"id": "1", "topic": "kitchen"}),
        (4, {"id": "3"}),
    ]
    (error,) = found.errors
    assert (error.line, error.unit) == (3, "row")
    assert "export JSONL from doccano" in error.message


def test_a_csv_of_doccano_without_comments_is_one_where_somebody_says_so() -> None:
    raw = b"id,text,label\n1,A fine film,positive\n"

    assert parse_file(BytesIO(raw)).format.name == "prompts"
    assert labels(parse_file(BytesIO(raw), format_name="doccano")) == [Label(written="positive")]


def test_people_may_say_the_format() -> None:
    row = {"prompt": "Egg?", "completion": "Six."}

    assert parse_file(BytesIO(lines(row)), format_name="prompts").rows[0].metadata == {
        "completion": "Six."
    }
    with pytest.raises(BadInputError, match="not known"):
        parse_file(BytesIO(lines(row)), format_name="word")


def test_a_pass_sees_the_rows_and_may_leave_some_out() -> None:
    def without_rice(preview: LabeledPreview) -> LabeledPreview:
        kept = [row for row in preview.rows if row.last_text != "Rice?"]
        keys = {row.sha256 for row in kept}
        left = [each for each in preview.labels if each.prompt in keys]
        return replace(preview, rows=kept, labels=left)

    raw = lines(PAIR, {**PAIR, "prompt": "Rice?"})
    preview = parse_file(BytesIO(raw), passes=[without_rice])

    assert [row.last_text for row in preview.rows] == ["Egg?"]
    assert [each.line for each in preview.labels] == [1]


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        ([("a", 0), ("a", 1)], "judged in two ways"),
        ([(str(n), n) for n in range(10)], None),
        ([("a", 0), (" ", 1)], "is empty"),
    ],
)
def test_judgments_that_no_page_could_have_given(
    texts: list[tuple[str, int]], what: str | None
) -> None:
    completions = [
        {"rank": rank, "completion": [{"role": "assistant", "content": text}]}
        for text, rank in texts
    ]
    row = {"context": [{"role": "user", "content": "Egg?"}], "completions": completions}

    preview = parse_file(BytesIO(lines(row)))

    if what is None:  # the nine best are kept
        assert (preview.errors, len(labels(preview)[0].texts)) == ([], 9)
    else:
        assert what in preview.errors[0].message
