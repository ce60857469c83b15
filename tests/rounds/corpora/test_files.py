"""What a file of a corpus may be."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import BadInputError
from rounds.corpora.files import read_texts
from rounds.corpora.forms import CorpusForm

LINES = b'{"text": "One."}\n\n{"text": "\xe7\xa7\x8b", "url": "x"}\n'


@pytest.mark.parametrize("name", ["a.jsonl", "a.NDJSON", "a.json"])
def test_json_lines_hold_a_text_each(name: str) -> None:
    assert read_texts(BytesIO(LINES), name=name).rows == ["One.", "秋"]


def test_any_other_file_is_one_text() -> None:
    assert read_texts(BytesIO(LINES), name="a.txt").rows == [LINES.decode()]
    assert read_texts(BytesIO("Grüße".encode("cp1252")), name="a", encoding="cp1252").rows == [
        "Grüße"
    ]


def test_bad_lines_are_named() -> None:
    lines = ['{"text": ""}', '{"texts": "x"}', '["x"]', '{"text": 1}', "{"]
    lines += ['{"text": "fine"}', '{"text": "\\u0000"}']
    found = read_texts(BytesIO("\n".join(lines).encode()), name="a.jsonl")

    assert found.rows == ["fine"]
    assert [str(error).partition(":")[0] for error in found.errors] == [
        "line 1", "line 2", "line 3", "line 4", "line 5, column 2", "line 7",
    ]  # fmt: skip
    assert found.errors[1].message == "it needs “text”, a text"


@pytest.mark.parametrize(
    ("raw", "name", "what"),
    [
        (b"", "a.txt", "The file is empty"),
        (b" \n", "a.txt", "The file is empty"),
        (b"", "a.jsonl", "The file is empty"),
        (b"PAR1xx", "a.txt", "a Parquet file. Save it as plain text, or as JSON lines"),
        (b"a\x00b", "a.txt", "NUL"),
    ],
)
def test_what_cannot_be_a_corpus_says_why(raw: bytes, name: str, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        read_texts(BytesIO(raw), name=name)


def test_a_corpus_is_smaller_than_a_file_of_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one text in memory."""
    assert CorpusForm.most == 20 * 2**20
    monkeypatch.setattr(CorpusForm, "most", 2**20)
    form = CorpusForm({}, {"file": SimpleUploadedFile("a.txt", b"x" * (2**20 + 1))})

    assert form.errors["file"] == ["The file is larger than 1 MB: split it."]
