"""JSON of any length, of which a part is in memory: it says what the whole says."""

import json
from io import BytesIO

import pytest

from core.errors import BadInputError
from labeling import file_text
from labeling.encodings import decode
from labeling.file_text import FileText
from labeling.readers import json_text, json_window
from labeling.readers.base import Columns, Entry

VALUES = [
    {"prompt": 'an "egg" 🥚 鸡蛋', "n": [1, -2.5e-3, True, None], "deep": {"a": {"b": []}}},
    {"prompt": "\ud83e", "odd": "\\u0041\\\\"},
    12.5e10,
    -7,
    "text",
]
TWICE = '{"a": 1, "a": 2}'


def entries(text: str) -> list[Entry]:
    return list(json_text.source(FileText.of(text), Columns(needed=("prompt",))).entries)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 20])
@pytest.mark.parametrize(
    "form",
    ["[%s]", '{"version": 12, "about": {"x": []}, "data": [%s], "end": "x"}', "[%s\n]\n \n"],
)
def test_pieces_of_any_size_say_the_same(
    form: str, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = form % ",\n ".join([*(json.dumps(value) for value in VALUES), TWICE])
    whole = entries(text)
    monkeypatch.setattr(file_text, "PIECE", piece)

    assert entries(text) == whole
    assert [value for _line, value in whole[:-1]] == VALUES
    assert str(whole[-1][1]) == "line 6: the object has the key “a” twice"


@pytest.mark.parametrize("piece", [1, 5, 2**20])
def test_objects_of_several_lines_are_read_after_each_other(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_text, "PIECE", piece)
    text = "\n".join(json.dumps({"prompt": name}, indent=2) for name in "abc")

    assert entries(text) == [(1, {"prompt": "a"}), (4, {"prompt": "b"}), (7, {"prompt": "c"})]


@pytest.mark.parametrize("piece", [1, 5, 2**20])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1},\n {"b" 2}]', "Expecting ':' delimiter: line 2"),
        ('[{"a": 1},\n {"b": 2}', "Expecting value: line 2"),
        ('[{"a": 1}]\n x', "something follows its end"),
        ('[{"a": "never ends', "Unterminated string starting at: line 1"),
    ],
)
def test_an_array_that_breaks_off_is_refused_by_its_line(
    text: str, said: str, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_text, "PIECE", piece)

    with pytest.raises(BadInputError, match=said):
        entries(text)


def test_a_value_that_is_longer_than_any_entry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_text, "PIECE", 10)
    monkeypatch.setattr(json_window, "LONGEST", 40)

    with pytest.raises(BadInputError, match="The value in line 2 has more than 40 characters"):
        entries('[{"a": 1},\n{"b": "%s"}]' % ("x" * 100))


def test_an_array_of_a_hundred_thousand_needs_no_more_memory_than_one_of_a_few() -> None:
    """No more of it is in the window than some pieces."""
    text = decode(BytesIO(json.dumps([{"prompt": "x" * 50}] * 100_000).encode()))
    window = json_window.Window(text)
    window.take("[")
    most = 0
    while window.next(json_window.SEPARATORS) != "]":
        window.value(json.JSONDecoder())
        most = max(most, len(window._text))

    assert most <= 2 * file_text.PIECE + 100
