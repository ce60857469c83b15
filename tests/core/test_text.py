"""Text and JSON from outside: what passes can be stored, what cannot says why."""

import json
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInputError, BadRequestError
from core.text import (
    MAX_VALUES,
    clean_json,
    clean_name,
    clean_text,
    parse_json,
    quotable,
    repeated,
)


@pytest.mark.parametrize(
    "text", ["", "a\r\nb", "‮ bidi stays in content", "<|im_end|>", "a\u0301\u0302", "🧑‍🍳"]
)
def test_clean_text_keeps_content_verbatim(text):
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a\x00b", "holds a NUL character"),
        ("a\ud800", "holds half of a surrogate pair"),
        ("a" * 11, "is longer than 10 characters"),
    ],
)
def test_clean_text_refuses_what_postgresql_cannot_hold(text, problem):
    with pytest.raises(BadInputError) as caught:
        clean_text(text, limit=10)
    assert caught.value.errors == {"text": problem}


def test_clean_name_takes_off_blanks_and_composes():
    assert clean_name("  Ame\u0301lie 王小明 ") == "Amélie 王小明"


@pytest.mark.parametrize(
    "name",
    ["", "  ", "a\u202eb", "a\u2066b", "a\u200bb", "a\tb", "a\nb", "a\x1b[31mb", "a\x00b"],
)
def test_clean_name_refuses_what_misleads(name):
    with pytest.raises(BadInputError):
        clean_name(name)


@pytest.mark.parametrize("hidden", ["\U000e0041", "\ufff9", "\U0001d173", "\ue000"])
def test_clean_name_refuses_what_no_eye_sees(hidden):
    with pytest.raises(BadInputError):
        clean_name(f"Mo{hidden}na")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"a": [1, float("nan")]}, "body.a.1"),
        ({"a": float("inf")}, "body.a"),
        ({"a\x00": 1}, "body"),
        ({"a": {"b": "\ud800"}}, "body.a.b"),
        ({"a": 10**40}, "body.a"),
        ({"a": object()}, "body.a"),
    ],
)
def test_clean_json_names_the_part_that_is_wrong(value, field):
    with pytest.raises(BadInputError) as caught:
        clean_json(value)
    assert list(caught.value.errors) == [field]


def test_clean_json_refuses_deep_values_without_recursion():
    value: list = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(BadInputError, match="nested"):
        clean_json(value)


def test_clean_json_bounds_what_a_body_of_many_values_costs():
    """Two megabytes of zeros under long keys took three gigabytes: each had its path."""
    value: dict | list = [0] * (MAX_VALUES - 30)
    for n in range(30):
        value = {f"{n:0200}": value}
    tracemalloc.start()
    clean_json(value)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5_000_000
    with pytest.raises(BadInputError, match="holds more than 10000 values"):
        clean_json({"a": [[0] * (MAX_VALUES - 1), 0]})


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**39), 10**39)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text("abc", max_size=5), part),
    max_leaves=20,
)


# A busy machine is no finding.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(JSON_VALUES)
def test_parse_json_gives_back_every_storable_value(value):
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@patient
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_parse_json_answers_any_bytes_with_a_value_or_a_named_error(raw):
    try:
        value = parse_json(raw)
    except (BadInputError, BadRequestError):
        return
    json.dumps(value, allow_nan=False).encode("utf-8")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 2}',
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"1" * 5000,
        b"[" * 100_000,
        b"\xff\xfe[\x00",
        b'{"a": }',
        b"",
    ],
)
def test_parse_json_refuses_what_json_loads_lets_through_or_breaks_on(raw):
    with pytest.raises(BadRequestError):
        parse_json(raw)


@pytest.mark.parametrize("raw", [b'"\\u0000"', b'{"\\ud800": 1}', b'["\\udfff"]'])
def test_parse_json_refuses_escaped_nul_and_surrogates(raw):
    with pytest.raises(BadInputError):
        parse_json(raw)


def test_parse_json_names_line_and_column():
    with pytest.raises(BadRequestError, match="line 2, column 6"):
        parse_json(b'{\n"a": }')


def test_parse_json_takes_a_byte_order_mark_off():
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("鸡蛋 “egg”", "鸡蛋 “egg”"),
        ("\ud800\x00\u202e\n", "\\ud800\\x00\\u202e\\n"),
        ("a" * 50, "a" * 40),
    ],
)
def test_what_was_sent_is_quoted_so_that_any_page_can_hold_it(text, shown):
    assert quotable(text) == shown


class Key(str):
    """A key that counts how often it is compared with another one."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Key.compared += 1
        return str.__eq__(self, other)  # type: ignore[no-any-return]

    __hash__ = str.__hash__


def test_the_key_that_comes_twice_is_found_in_one_pass():
    """The preview of one line with 40,000 keys took 45 seconds: each was compared with all."""
    keys = [Key(f"key {n}") for n in range(2000)] + [Key("key 1999")]

    assert repeated(keys) == "key 1999"
    assert Key.compared < 2 * len(keys)
    assert repeated(keys[:-1]) is None
