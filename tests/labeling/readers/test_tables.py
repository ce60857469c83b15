"""Tables as spreadsheets write them: separators, quoting, encodings, bad rows."""

import time

import pytest

from core.errors import BadInputError
from labeling.file_text import FileText
from labeling.prompt_files import COLUMNS, Preview, parse_prompts
from labeling.readers import tables

LONG = "what it says beside the prompt is longer than 20000 characters"
EXCEL = 'prompt,language,topic\r\n"Boil an egg,\r\nor ""two""?",en,kitchen\r\n鸡蛋煮多久？,zh,\r\n'


def read(text: str) -> Preview:
    return parse_prompts(text.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_excel_writes_is_read(encoding: str, separator: str) -> None:
    text = EXCEL.replace("egg,", "egg!").replace(",", separator).replace("egg!", "egg,")

    preview = parse_prompts(text.encode(encoding))

    assert preview.errors == []
    assert [(row.line, row.last_text, row.language, row.metadata) for row in preview.rows] == [
        (2, 'Boil an egg,\r\nor "two"?', "en", {"topic": "kitchen"}),
        (3, "鸡蛋煮多久？", "zh", {}),
    ]
    assert preview.kept == ["topic"]
    assert (preview.form, preview.is_table) == ("TSV" if separator == "\t" else "CSV", True)


@pytest.mark.parametrize(
    "text",
    [
        "prompt\na b\n",
        "\n\n Prompt ,,\na b,,\n",
        "sep=;\r\nprompt;topic\r\na b;\r\n",
        "id\tprompt\n\ta b\n",
        '"prompt"\r"a b"\r\r',
    ],
    ids=["one column", "blank lines and columns", "Excel's hint", "empty first cell", "old Mac"],
)
def test_odd_tables_are_read(text: str) -> None:
    preview = read(text)

    assert ([row.last_text for row in preview.rows], preview.errors) == (["a b"], [])


def test_cells_of_json_and_of_flags_are_read() -> None:
    turn = '"[{""role"": ""user"", ""content"": ""a""}]"'
    broken = turn.replace("}]", "")

    preview = read(f"messages,content_warning,n\n{turn},TRUE,5\n{broken},,\n{turn},maybe,\n")

    (row,) = preview.rows
    assert (row.last_text, row.content_warning, row.metadata) == ("a", True, {"n": "5"})
    assert [str(error) for error in preview.errors] == [
        "row 3: “messages”: this is not JSON (Expecting ',' delimiter)",
        "row 4: “content_warning” must be true or false",
    ]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ('"a,b\nc,d\n', 'row 2: a quotation mark (") opens a cell here and none closes it'),
        ('"a"b,c', 'row 2: a quotation mark (") within a quoted cell must be doubled ("")'),
        ("a", "row 2: it has 1 cells, the first row 2"),
        ("a,b,c", "row 2: it has 3 cells, the first row 2"),
        (",b", "row 2: it needs either “prompt” or “messages”"),
        ("a\0,b", "row 2: text holds a NUL character."),
        (
            "a," + "b" * 20_000,
            f"row 2: {LONG}",
        ),
        ("a" * 200_000 + ",b", "row 2: “prompt” is longer than 32000 characters"),
    ],
)
def test_a_bad_row_is_named(rows: str, what: str) -> None:
    preview = read("prompt,topic\n" + rows)

    assert ([str(error) for error in preview.errors], preview.rows) == ([what], [])


def test_rows_after_a_bad_one_are_read() -> None:
    preview = read('prompt,topic\n"a"b,c\n\ngood,x\n')

    assert [(row.line, row.last_text) for row in preview.rows] == [(4, "good")]
    assert [error.line for error in preview.errors] == [2]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "question,answer\nHow?,So.\n",
            "none of these is known here: question, answer. Call one of them “prompt”.",
        ),
        ("prompt,a,a\nb,c,d\n", "Two columns are named “a”."),
        ("Prompt,prompt\nb,c\n", "Two columns are named “prompt”."),
        ("prompt" + ",a" * 200 + "\nb\n", "The table has more than 200 columns."),
        ("prompt,b\n", "The file is empty"),
        ("prompt,,c\nb,x,d\n", "row 2: “x” is in a column without a name"),
    ],
)
def test_a_bad_first_row_is_told(text: str, what: str) -> None:
    try:
        said = str(read(text).errors[0])
    except BadInputError as error:
        said = error.message
    assert what in said


def test_a_large_table_is_read_at_the_pace_of_json() -> None:
    rows = "".join(f'"How long, egg {n}?",en,{n}\r\n' for n in range(20_000))
    begun = time.process_time()

    preview = read("prompt,language,n\r\n" + rows)

    assert time.process_time() - begun < 20
    assert (len(preview.rows), preview.rows[-1].metadata) == (20_000, {"n": "19999"})


def test_json_is_no_table() -> None:
    assert not tables.is_table(FileText.of('{"prompt": "a", "b": 1}\n'), COLUMNS)
    assert not tables.is_table(FileText.of('[{"prompt": "a"},\n{"prompt": "b"}]'), COLUMNS)
    assert not tables.is_table(FileText.of("just a text\nand another\n"), COLUMNS)
    assert not tables.is_table(FileText.of(""), COLUMNS)
