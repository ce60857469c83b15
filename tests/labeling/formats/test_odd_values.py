"""Whatever stands in any place of a row of any format: a row is taken or refused in words."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from accounts.models import User
from labeling.formats import FORMATS
from labeling.models import Project
from labeling.whole_files import import_file
from tests.labeling.formats import test_formats, test_tools
from tests.labeling.formats.rows_of_tools import RONDO, Row

# As JSON has them: texts that no column holds, numbers that no column holds, values of each type.
ODD = [
    r'"\u0000"', r'"\ud800"', r'"\u202e"', '""', '" "', '"[{"', '"[[]]"', '"{}"',
    "1e999", "-1e999", "NaN", "1" + "0" * 400, "1" * 5000, "-1", "0", "4.5", "true", "null",
    "[]", "[null]", "[[]]", "[1]", '["a"]', "[{}]", '[{"a": []}]', "{}", '{"a": 1, "a": 2}',
    '{"\\u0000": 1}', '{"a": {"b": []}}', "[" * 200 + "]" * 200,
]  # fmt: skip
ROWS: dict[str, list[Row]] = {name: [] for name in FORMATS}
for name, row, *_ in (*test_formats.ROWS, *test_tools.ROWS):
    ROWS[name].append(row)
ROWS["rondo"] = RONDO
ROWS["prompts"] = [
    {"prompt": "Egg?", "split": "train", "group": "g", "content_warning": True, "user": "u"},
    {"messages": [{"role": "user", "content": "Egg?"}], "rubric": [{"text": "Six.", "points": 5}]},
]
MARK = "<odd>"


def changed(value: Any) -> Iterator[Any]:
    """`value` with each of its parts in turn, and each of its keys, as MARK."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ({**value, key: other} for other in (MARK, *changed(part)))
            yield {MARK if each == key else each: kept for each, kept in value.items()}
    if isinstance(value, list):
        for place, part in enumerate(value):
            for other in (MARK, *changed(part)):
                yield [*value[:place], other, *value[place + 1 :]]


def lines(row: Row) -> list[str]:
    """The row as JSON, with each odd value in each place."""
    found = []
    for each in changed(row):
        text = json.dumps(each)
        is_key = f'"{MARK}":' in text
        odd = [value for value in ODD if value.startswith('"')] if is_key else ODD
        found += [text.replace(f'"{MARK}"', value) for value in odd]
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_no_value_fails_an_import(name: str, project: Project, mona: User) -> None:
    for row in ROWS[name]:
        good, odd = json.dumps(row), lines(row)
        raw = "\n".join([good, *odd]).encode()

        brought = import_file(
            project=project, file=BytesIO(raw), name="a", by=mona, format_name=name, keep_good=True
        )

        bad = len(brought.errors) + brought.errors_left_out
        assert (brought.rows + bad, brought.rows > 0, bad > 0) == (1 + len(odd), True, True)
