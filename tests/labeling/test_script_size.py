"""What a task page's scripts weigh: people on slow lines and slow machines label, too."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from labeling.kinds import kinds
from labeling.models import Task

MOST = 150_000  # bytes, gzipped, without the part that renders formulas
FRAME = ("vendor/htmx.min.js", "core/menu.js", "core/zone.js")
PAGE = (
    "labeling/texts.js",
    "labeling/prompt.js",
    "labeling/work.js",
)
IMPORT = re.compile(r'^(?:import|export)[^"\';]*["\'](\.{1,2}/[^"\']+)["\']', re.MULTILINE)
ROOT = Path(__file__).resolve().parents[2]


def scripts(names: list[str]) -> dict[str, str]:
    """The text of each script of a page by its address, with those that are imported."""
    found: dict[str, str] = {}
    while names:
        name = names.pop()
        if name in found:
            continue
        path = finders.find(name)
        assert path is not None, name
        found[name] = Path(path).read_text("utf-8")
        folder = Path("/", name).parent
        names += [
            str((folder / other).resolve().relative_to("/"))
            for other in IMPORT.findall(found[name])
        ]
    return found


@pytest.mark.parametrize("name", sorted(kinds()))
def test_a_task_page_is_light(name: str) -> None:
    forms = kinds()[name].forms(Task(kind=name))
    found = scripts([*FRAME, *PAGE, *(kind.script for kind in forms)])

    assert "labeling/formula.js" in found
    assert not any("temml" in address for address in found)
    assert sum(len(gzip.compress(text.encode(), 9)) for text in found.values()) <= MOST


def test_the_page_loads_these_and_no_others() -> None:
    base = (ROOT / "platform/core/templates/core/base.html").read_text("utf-8")
    page = (ROOT / "labeling/templates/labeling/assignment.html").read_text("utf-8")
    named = re.findall(r"""<script[^>]*\{% static '?([^ %']+)""", base + page)

    assert sorted(named) == sorted([*FRAME, *PAGE, "each.script"])


def test_imports_are_followed() -> None:
    found = scripts(["labeling/work.js"])
    assert {"labeling/work.js", "labeling/draft.js", "labeling/keys.js"} <= found.keys()
