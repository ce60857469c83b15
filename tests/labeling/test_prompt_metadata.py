"""Prompts are found by what their file said of them."""

import pytest

from labeling.models import Project, Prompt
from tests.factories import make_prompt

STORED = {
    "number": {"level": 3},
    "text": {"level": "3"},
    "list": {"level": [2, 3], "tags": ["a=b", "c"]},
    "flag": {"ok": True, "none": None},
    "deep": {"meta": {"level": 3}},
    "other": {"level": 33, "tags": "ab"},
}


@pytest.fixture
def prompts(project: Project) -> None:
    for text, metadata in STORED.items():
        make_prompt(project, text, metadata=metadata)


@pytest.mark.usefixtures("prompts")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("level = 3", ["number", "text", "list"]),
        ("level=33", ["other"]),
        ("level", ["number", "text", "list", "other"]),
        ("tags = a=b", ["list"]),
        ("tags = ab", ["other"]),
        ("ok = true", ["flag"]),
        ("none = null", ["flag"]),
        ("meta = 3", []),
        ("level = 1e999", []),
        ("level = NaN", []),
        ("level = " + "9" * 300, []),
        ("level = [3]", []),
        ("level = ", []),
        ("", []),
        ("metadata__level = 3", []),
        ("le'vel\" = 3%", []),
    ],
)
def test_by_key_and_value(asked: str, found: list[str]) -> None:
    rows = Prompt.objects.with_metadata(asked).order_by("pk")

    assert [row.last_text for row in rows] == found
