"""Texts read a piece at a time."""

from io import BytesIO

import pytest

from core.errors import BadInputError
from labeling import file_text
from labeling.encodings import decode
from labeling.file_text import FileText

LINES = ["one\r\n", "zwei\n", "三\r", "\n", "😀 last"]


def test_two_who_read_it_at_once_each_read_all_of_it() -> None:
    text = FileText.of("".join(LINES))
    first, second = text.lines(), text.lines()

    pairs = list(zip(first, second, strict=True))

    assert pairs == [(line, line) for line in ["one\r\n", "zwei\n", "三\r\n", "😀 last"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
def test_letters_that_pieces_cut_are_whole(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_text, "PIECE", 3)
    monkeypatch.setattr("labeling.encodings.PIECE", 3)
    said = "".join(LINES)

    text = decode(BytesIO(said.encode(encoding)), encoding.removesuffix("-sig").removesuffix("-be"))

    assert text.whole() == said
    assert all(len(piece) <= 3 for piece in text.pieces())


def test_what_is_not_in_its_encoding_is_told_by_its_line_wherever_it_is() -> None:
    raw = b"a\n" * 2**20 + "Grüße".encode("latin-1")

    with pytest.raises(BadInputError, match=f"Line {2**20 + 1} is not in the encoding utf-8"):
        decode(BytesIO(raw), "utf-8")


def test_a_line_without_an_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_text, "LONGEST", 10)

    with pytest.raises(BadInputError, match="Line 2 has more than 10 characters"):
        list(FileText.of("short\n" + "x" * 10).lines())


def test_a_text_that_no_encoding_can_say_is_read_as_it_is() -> None:
    assert FileText.of("a\ud800").whole() == "a\ud800"
