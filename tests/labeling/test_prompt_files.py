"""Prompts from files: good lines, bad lines, and files that are no JSONL at all."""

import json
from typing import Any

import pytest

from core.errors import BadInputError
from labeling.prompt_files import parse_prompts

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
        (b'{"prompt": "a", "reward": 1}', "unknown key “reward”"),
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
            b'{"messages": [{"role": "tool", "content": "a"}]}',
            "“role” must be system, user or assistant",
        ),
        (
            b'{"messages": [{"role": "user", "content": "a", "name": "b"}]}',
            "a message must have “role” and “content”, nothing else",
        ),
        (
            b'{"messages": [{"role": "assistant", "content": "a"}]}',
            "user and assistant must take turns, the user last; a system message may come first",
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
        (GOOD.decode().encode("utf-16"), "The file is UTF-16"),
        (GOOD.decode().encode("utf-16-le"), "The file is UTF-16"),
        ('{"prompt": "鸡蛋煮多久？"}'.encode("gbk"), "it may be GBK"),
        (b"\xff\x00\x81\xff" + b"a" * 20, "The file is not UTF-8 text (line 1)"),
    ],
)
def test_files_that_cannot_be_read(raw: bytes, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_prompts(raw)
    assert what in caught.value.message


def test_repeated_prompts_are_counted_once() -> None:
    preview = parse_prompts(lines({"prompt": "a"}, {"prompt": " a\n"}, {"prompt": "b"}))

    assert (len(preview.rows), preview.duplicates) == (2, 1)


def test_many_errors_are_counted_not_listed() -> None:
    preview = parse_prompts(b"x\n" * 150)

    assert (len(preview.errors), preview.errors_left_out) == (100, 50)
