"""docs/trust.md names every bad input and fault, and tests that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs/trust.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([BF]\d+) \| (.+?) \| (.+?) \|$", TEXT, flags=re.MULTILINE)
OPEN = ("not there yet", "does not apply")


def names_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else ()
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


def test_every_input_and_every_fault_has_a_line() -> None:
    wanted = [f"B{n}" for n in range(1, 55)] + [f"F{n}" for n in range(1, 35)]

    assert [label for label, _expected, _tests in ROWS] == wanted


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    missing = [f"{path}::{name}" for path, name in named if name not in names_in(ROOT / path)]

    assert len(named) > 80
    assert missing == []


def test_no_line_names_a_test_twice() -> None:
    named = {label: re.findall(r"::(\w+)", tests) for label, _expected, tests in ROWS}

    assert [label for label, tests in named.items() if len(set(tests)) < len(tests)] == []


def test_a_line_without_a_test_says_so() -> None:
    bare = [label for label, _expected, tests in ROWS if "`tests/" not in tests]

    assert [label for label, _, tests in ROWS if label in bare and not tests.startswith(OPEN)] == []
