"""Texts run in the direction of their script: each place that shows or takes one says so."""

import re
from pathlib import Path

import pytest

from accounts.forms import ProfileForm
from labeling.forms import ProjectForm

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [
    path
    for folder in ("labeling", "platform/rounds", "platform/web", "tests/new_kind")
    for path in sorted((ROOT / folder).rglob("*.html"))
]
OPENED = re.compile(r"<(\w+(?:-\w+)*)((?:[^>{]|{{.*?}}|{%.*?%})*)>", re.DOTALL)


def without_direction(html: str) -> list[str]:
    """The tags that hold or take a text of unknown script and do not say `dir`."""
    found = []
    for tag, attributes in OPENED.findall(html):
        takes = tag == "textarea" or (
            tag == "input" and not re.search(r'type="|readonly', attributes.replace("search", ""))
        )
        holds = "language" in attributes and "lang=" in attributes
        if (takes or holds) and 'dir="auto"' not in attributes:
            found.append(f"<{tag}{attributes}>")
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_texts_and_fields_have_a_direction(path: Path) -> None:
    assert without_direction(path.read_text("utf-8")) == []


def test_a_text_without_a_direction_is_found() -> None:
    bad = '<p lang="{{ prompt.language|language_tag }}">a</p><textarea id="a"></textarea>'
    assert len(without_direction(bad)) == 2


def test_fields_of_forms_have_a_direction() -> None:
    assert 'dir="auto"' in str(ProjectForm()["description"])
    assert 'dir="auto"' in str(ProjectForm()["name"])
    assert 'dir="auto"' in str(ProfileForm()["name"])
