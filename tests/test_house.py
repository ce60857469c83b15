"""The house keeps its measures: short files, template lines that fit a screen."""

import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 300
LONGEST_MEDIAN = 80
LONGEST_LINE = 120
CODE = re.compile(r"\.(py|js|html|css|sh)$")
# Migrations grow with their models; vendored files are others' work.
NOT_OURS_TO_CUT = re.compile(r"/migrations/|/vendor/")


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listing.stdout.split("\0") if CODE.search(name)]
    found = [ROOT / name for name in names if not NOT_OURS_TO_CUT.search(name)]
    return [path for path in found if path.exists()]


@pytest.fixture(scope="module")
def lines() -> dict[str, list[str]]:
    """The lines of each file of code, by its path."""
    return {str(p.relative_to(ROOT)): p.read_text("utf-8").splitlines() for p in tracked()}


def test_no_file_is_long(lines: dict[str, list[str]]) -> None:
    long = {name: len(text) for name, text in lines.items() if len(text) > LONGEST_FILE}

    assert long == {}


def test_half_of_the_modules_are_short(lines: dict[str, list[str]]) -> None:
    lengths = [len(text) for name, text in lines.items() if name.endswith(".py") and text]

    assert len(lengths) > 200
    assert statistics.median(lengths) < LONGEST_MEDIAN


def test_lines_of_templates_fit_a_screen(lines: dict[str, list[str]]) -> None:
    templates = {name: text for name, text in lines.items() if name.endswith(".html")}
    long = [
        f"{name}:{number}"
        for name, text in templates.items()
        for number, line in enumerate(text, 1)
        if len(line) > LONGEST_LINE
    ]

    assert len(templates) > 50
    assert long == []


def test_tables_say_what_they_list_and_what_their_headings_head(
    lines: dict[str, list[str]],
) -> None:
    """Whoever hears a page hears a table's name, and with each cell the heading of its column."""
    pages = {
        name: "\n".join(text)
        for name, text in lines.items()
        if name.endswith(".html") and not name.startswith("platform/rehearsal/")  # a report, alone
    }
    tables = re.compile(r"<table(?![^>]*aria-label)[^>]*>(?!\s*<caption)")
    heading = re.compile(r"<th(?![a-z])(?![^>]*scope=)")
    nameless = [name for name, text in pages.items() if tables.search(text)]
    unscoped = [name for name, text in pages.items() if heading.search(text)]

    assert nameless == []
    assert unscoped == []
