"""Files whose columns have names of their own."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import BadInputError
from labeling.columns import MOST, columns_of, of_file, read
from labeling.labeled_files import parse_file

ROWS = [{"Frage": "Egg?", "gut": "Six.", "schlecht": "An hour.", "Sprache": "de", "Nr": "7"}]
SAID = "Frage=prompt, gut=chosen,schlecht=rejected,Sprache=language"


def table() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), file)
    return file.getvalue()


FILES = {
    "lines": "\n".join(map(json.dumps, ROWS)).encode(),
    "array": json.dumps(ROWS).encode(),
    "object": json.dumps({"version": 1, "data": ROWS}).encode(),
    "csv": b"Frage;gut;schlecht;Sprache;Nr\nEgg?;Six.;An hour.;de;7\n",
    "parquet": table(),
}


@pytest.mark.parametrize("form", FILES)
def test_they_are_read_by_what_people_say_of_them(form: str) -> None:
    file = io.BytesIO(FILES[form])

    assert columns_of(file) == list(ROWS[0])
    preview = parse_file(file, columns=of_file(read(SAID)))

    assert (preview.errors, preview.format.name) == ([], "trl")
    (row,), (label,) = preview.rows, preview.labels
    assert (row.last_text, row.language, row.metadata) == ("Egg?", "de", {"Nr": "7"})
    assert [(text.text, text.tier) for text in label.label.texts] == [("Six.", 1), ("An hour.", 2)]


def test_cells_hold_what_they_hold_by_their_new_names() -> None:
    said = json.dumps([{"role": "user", "content": "Egg?"}]).replace('"', '""')
    file = io.BytesIO(f'talk,n\n"{said}",1\n'.encode())

    (row,) = parse_file(file, columns=of_file(read("talk=messages"))).rows

    assert (row.messages, row.metadata) == ([{"role": "user", "content": "Egg?"}], {"n": "1"})


@pytest.mark.parametrize(("form", "unit"), [("lines", "line"), ("parquet", "row")])
def test_a_name_that_is_taken_is_said_of_the_row(form: str, unit: str) -> None:
    columns = of_file({"Frage": "prompt", "gut": "Sprache"})

    (error,) = parse_file(io.BytesIO(FILES[form]), columns=columns).errors

    assert str(error) == f"{unit} 1: Two columns are named “Sprache”."


def test_a_table_with_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(BadInputError, match="Two columns are named “prompt”"):
        parse_file(io.BytesIO(b"a,prompt\nEgg?,Rice?\n"), columns=of_file(read("a=prompt")))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("question", "“question” names no column: write theirs=ours"),
        ("=prompt", "“=prompt” names no column"),
        ("question=text", "“text” is none of prompt, messages"),
        ("a=prompt,b=prompt", "Two columns are named “prompt”"),
        (",".join(f"c{n}=prompt" for n in range(MOST + 1)), f"At most {MOST} columns"),
        ("a\x00=prompt", "NUL"),
    ],
)
def test_what_cannot_be_meant_says_why(said: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        read(said)


def test_nothing_said_is_nothing_renamed() -> None:
    assert (read(""), read(" , ")) == ({}, {})
    assert read("a=b=prompt") == {"a=b": "prompt"}


@pytest.mark.parametrize("raw", [b"", b"just text", b"PK\x03\x04", b"\xff\xfe\x00", b'["x"]'])
def test_what_has_no_columns_has_none(raw: bytes) -> None:
    assert columns_of(io.BytesIO(raw)) == []
