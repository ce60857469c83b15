"""Rows that are blocks on a phone say what each of their cells is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = re.compile(r'<table class="table stacked[\s\S]*?</table>')
CELL = re.compile(r"<(td|th)((?:\s[^>]*)?)>")


def tables() -> list[tuple[str, str]]:
    """Each such table with a head, by its template."""
    pages = [*ROOT.glob("platform/*/templates/**/*.html"), *ROOT.glob("labeling/**/*.html")]
    found = [(page.name, table) for page in pages for table in TABLE.findall(page.read_text())]
    return [(name, table) for name, table in found if "</thead>" in table]


@pytest.mark.parametrize(("name", "table"), tables(), ids=lambda text: text[:40])
def test_a_cell_of_figures_names_its_column(name: str, table: str) -> None:
    body = table.partition("</thead>")[2]
    rows = [CELL.findall(row) for row in body.split("<tr")[1:]]
    unnamed = [
        cell
        for cells in rows
        for tag, cell in cells[1:]
        if tag == "td" and "number" in cell and "data-name" not in cell and "colspan" not in cell
    ]
    assert unnamed == []
