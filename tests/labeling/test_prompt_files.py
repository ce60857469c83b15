"""Prompts from files: good lines, bad lines, and files that are no prompts at all."""

import json
import time
from typing import Any

import pytest

from core.errors import BadInputError
from labeling.prompt_files import parse_prompts
from tests.labeling.calling import MESSAGES, TEXTS, TOOLS

GOOD = b'{"prompt": "How long do I boil an egg?"}'


def lines(*values: Any) -> bytes:
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values).encode()


def test_both_forms_and_all_labels() -> None:
    preview = parse_prompts(
        lines(
            {"prompt": "Hi", "language": "en", "use_case": "chat", "split": "heldout"},
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "你好"},
                    {"role": "assistant", "content": "你好！"},
                    {"role": "user", "content": "再见"},
                ],
                "source": "team",
            },
        )
    )

    first, second = preview.rows
    assert preview.errors == []
    assert first.messages == [{"role": "user", "content": "Hi"}]
    assert (first.language, first.use_case, first.split, first.line) == ("en", "chat", "heldout", 1)
    assert (len(second.messages), second.last_text, second.source) == (4, "再见", "team")


def test_a_conversation_with_tools_is_kept_to_the_letter() -> None:
    (row,) = parse_prompts(lines({"messages": MESSAGES, "tools": TOOLS, "id": 7})).rows

    assert row.messages == TEXTS
    assert row.given == json.dumps({"tools": TOOLS, "messages": MESSAGES}, ensure_ascii=False)
    assert (row.metadata, row.has_tools) == ({"id": 7}, True)
    (plain,) = parse_prompts(lines({"prompt": "a", "given": "b", "prompt_id": 1})).rows
    assert (plain.given, plain.has_tools) == ("", False)
    assert plain.metadata == {"given": "b", "prompt_id": 1}  # another's file


def test_other_tools_make_another_prompt() -> None:
    asked = {"messages": MESSAGES, "tools": TOOLS}
    other = json.loads(json.dumps(asked))
    other["tools"][0]["function"]["description"] = "Fries."
    rows = parse_prompts(lines(asked, asked, other, {"messages": MESSAGES})).rows

    assert len({row.sha256 for row in rows}) == len(rows) == 3
    assert len({row.conversation for row in rows}) == 1


def test_byte_order_mark_windows_line_ends_and_blank_lines_are_fine() -> None:
    preview = parse_prompts(b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n" + b'{"prompt": "B"}\r\n')

    assert [row.last_text for row in preview.rows] == ["How long do I boil an egg?", "B"]
    assert preview.errors == []


def test_a_broken_line_is_named_with_its_column_and_the_others_are_read() -> None:
    raw = b"\n".join([GOOD, *(b'{"prompt": "%d"}' % n for n in range(5)), b'{"prompt": "a" "b"}'])

    preview = parse_prompts(raw)

    assert len(preview.rows) == 6
    assert [str(error) for error in preview.errors] == [
        "line 7, column 16: this is not JSON (Expecting ',' delimiter)"
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"[]", "this is not a JSON object"),
        (b"{}", "it needs either “prompt” or “messages”"),
        (b'{"prompt": "a", "messages": []}', "it needs either “prompt” or “messages”"),
        (b'{"prompt": " "}', "“prompt” is empty"),
        (b'{"prompt": 5}', "“prompt” must be a text"),
        (b'{"prompt": "a", "prompt": "b"}', "the object has the key “prompt” twice"),
        (b'{"prompt": "a", "reward": 1e999}', "the number 1e999 is too large"),
        (b'{"prompt": "a", "reward": ' + b"1" * 41 + b"}", "a number is too long"),
        (b'{"prompt": "a", "reward": "\\u0000"}', "“reward” cannot be stored"),
        (
            b'{"prompt": "a", "meta": "' + b"a" * 20_000 + b'"}',
            "what it says beside the prompt is longer than 20000 characters",
        ),
        (b'{"prompt": "a", "split": "test"}', "“split” must be train or heldout"),
        (b'{"prompt": "a", "language": 5}', "“language” must be a text of at most 10 characters"),
        (b'{"prompt": "\\u0000"}', "text holds a NUL character."),
        (b'{"prompt": "\\ud800"}', "text holds half of a surrogate pair."),
        (b'{"prompt": NaN}', "NaN is not a JSON number"),
        (b'{"prompt": ' + b"1" * 5000 + b"}", "a number is too long"),
        (b"[" * 100_000, "the JSON is nested too deeply"),
        (b'{"prompt": "' + b"a" * 32_001 + b'"}', "“prompt” is longer than 32000 characters"),
        (b'{"messages": []}', "“messages” must be a list of 1 to 50 messages"),
        (
            b'{"messages": [{"role": "developer", "content": "a"}]}',
            "“role” must be system, user, assistant or tool",
        ),
        (
            b'{"messages": [{"role": "user", "content": "a", "name": "b"}]}',
            "a message of “user” cannot have “name”",
        ),
        (
            b'{"prompt_id": 1, "prompt": "a", "metadata": "{}", "given": "{}"}',
            "“given” is not the JSON of a conversation",
        ),
    ],
)
def test_bad_lines(line: bytes, what: str) -> None:
    preview = parse_prompts(GOOD + b"\n" + line)

    assert [str(error) for error in preview.errors] == [f"line 2: {what}"]
    assert len(preview.rows) == 1


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "The file is empty"),
        (b"\xff\x00\x81\xff" + b"a" * 20, "The file is not UTF-8 text (line 1)"),
        (b"question,language\nHow?,en\n", "Call one of them “prompt”"),
        (b"PK\x03\x04abc", "The file is an Excel workbook or another zip archive"),
        (b"PAR1abc", "This Parquet or Arrow file cannot be read"),
        (b'[{"prompt": "a"}, {"prompt"]', "The file is a JSON array that cannot be read"),
        (b'[{"prompt": "a"}] x', "something follows its end"),
    ],
)
def test_files_that_cannot_be_read(raw: bytes, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_prompts(raw)
    assert what in caught.value.message


def test_repeated_prompts_are_counted_once() -> None:
    preview = parse_prompts(lines({"prompt": "a"}, {"prompt": "a"}, {"prompt": "b"}))

    assert (len(preview.rows), preview.duplicates) == (2, 1)


def test_many_errors_are_counted_not_listed() -> None:
    preview = parse_prompts(b"x\n" * 150)

    assert (len(preview.errors), preview.errors_left_out) == (100, 50)


EGGS = {"prompt": "a"}, {"prompt": "b", "source": "x"}, {"prompt": "c"}


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps(EGGS).encode(),
        json.dumps(EGGS, indent=2).encode(),
        "\n".join(json.dumps(egg, indent=2) for egg in EGGS).encode(),
        b"\r".join(json.dumps(egg).encode() for egg in EGGS),
    ],
    ids=["array", "array in lines", "objects of several lines", "old Mac line ends"],
)
def test_other_forms_of_json_are_taken(raw: bytes) -> None:
    preview = parse_prompts(raw)

    assert preview.errors == []
    assert [(row.last_text, row.source) for row in preview.rows] == [
        ("a", None),
        ("b", "x"),
        ("c", None),
    ]


def test_a_bad_entry_of_an_array_is_named_by_its_line() -> None:
    preview = parse_prompts(b'[\n{"prompt": "a"},\n5,\n{"prompt": "b"}\n]')

    assert [row.line for row in preview.rows] == [2, 4]
    assert [str(error) for error in preview.errors] == ["line 3: this is not a JSON object"]


def test_a_refused_entry_of_an_array_is_named_and_the_others_are_taken() -> None:
    twice = b'{"prompt": "b", "prompt": "c"}'
    preview = parse_prompts(b'[{"prompt": "a"},\n%b,\n{"prompt": NaN},\n{"prompt": "d"}]' % twice)

    assert [(row.line, row.last_text) for row in preview.rows] == [(1, "a"), (4, "d")]
    assert [str(error) for error in preview.errors] == [
        "line 2: the object has the key “prompt” twice",
        "line 3: NaN is not a JSON number",
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "鸡蛋煮多久？"),
        ("gb18030", "如何学习一门新的语言？请给我三个建议。"),
        ("big5", "雞蛋要煮多久？請給我三個建議。"),
        ("cp932", "卵は何分ゆでますか？"),
        ("euc_jp", "秋についての短い詩を書いてください。"),
        ("cp949", "계란을 얼마나 삶아야 하나요?"),
        ("cp1252", "Grüße aus München"),
        ("cp1252", "Où est la bibliothèque ? Écrivez à l'élève."),
        ("cp1250", "Jak długo gotować jajko? Napisz krótki wiersz."),
        ("cp1251", "Сколько варить яйцо?"),
        ("utf-16", "é"),
    ],
)
def test_other_encodings_are_guessed(encoding: str, text: str) -> None:
    raw = json.dumps({"prompt": text}, ensure_ascii=False).encode(encoding)

    guessed = parse_prompts(raw)
    chosen = parse_prompts(raw, encoding)

    assert [row.last_text for row in guessed.rows] == [text]
    assert (guessed.encoding, guessed.guessed) == (encoding, True)
    assert (chosen.rows, chosen.guessed) == (guessed.rows, False)


def test_a_text_without_an_end_takes_no_time_to_guess() -> None:
    """Its end was looked for from each mark within it: ten minutes for half a megabyte."""
    begun = time.process_time()
    raw = '{"prompt": "Grüße"}\n{"prompt": "'.encode("latin-1") + b'\\"' * 100_000

    preview = parse_prompts(raw)

    assert time.process_time() - begun < 5
    assert (preview.encoding, [row.last_text for row in preview.rows]) == ("cp1252", ["Grüße"])
    assert len(preview.errors) == 1


def test_an_encoding_that_the_file_does_not_have_is_refused() -> None:
    with pytest.raises(BadInputError, match="Line 1 is not in the encoding utf-8"):
        parse_prompts('{"prompt": "Grüße"}'.encode("latin-1"), "utf-8")


def test_what_else_a_line_says_is_kept() -> None:
    raw = lines(
        {"prompt": "a", "id": 5, "meta": {"x": [1.5, None]}, "group": "g"},
        {"prompt": "b", "conversation_id": 7, "metadata": {"y": 1}},
    )

    first, second = parse_prompts(raw).rows

    assert (first.metadata, first.group) == ({"id": 5, "meta": {"x": [1.5, None]}}, "g")
    assert (second.metadata, second.group) == ({"conversation_id": 7, "y": 1}, "7")
