"""Sentences for people: all that trainers and workers say is made so that pages can word it."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.contract.said import Said, message_of, parts_of, read_back, say
from training.errors import BadInputError

ROOT = Path(__file__).resolve().parents[2]
ERRORS = {
    *("BadInputError", "LockedError", "UnknownModelError", "DivergedError", "OutOfMemoryError"),
    *("NoSpaceError", "UnsafeModelError", "UnsafeTokenizerError", "StoppedError"),
    *("UnsafeFolderError", "UnsafeTemplateError", "ManifestError"),
}
TOLD = {"log", "warn", "release", "abandon", "pass_on", "tell_state", "wait_for", "poison"}


def is_plain(node: ast.expr) -> bool:
    """Whether it is a sentence of our own without `say`."""
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)


def unsaid(path: Path, root: Path = ROOT) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        named = [each.value for each in node.keywords if each.arg in {"reason", "text"}]
        told = named if name in TOLD else []
        if name in ERRORS or (name in TOLD and isinstance(node.func, ast.Attribute)):
            told += node.args[:1]
        if any(map(is_plain, told)):
            yield f"{path.relative_to(root)}:{node.lineno}"


def test_trainers_and_workers_say_nothing_that_pages_cannot_word() -> None:
    """That each template has its Chinese text, tests/core/test_translations.py asks."""
    found = [
        place
        for folder in ("training", "workers", "platform/jobs")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for place in unsaid(path)
    ]
    assert found == []


def test_a_plain_sentence_is_found(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    lines = ['BadInputError(f"no {x}")', 'f.log("so")', 'f.log(say("so"))', 'release(reason="so")']
    path.write_text("\n".join(lines))
    assert list(unsaid(path, tmp_path)) == ["one.py:1", "one.py:2", "one.py:4"]


def test_a_sentence_knows_what_it_was_made_of() -> None:
    inner = BadInputError(say("no {name} of {n}", name="prompt", n=3))
    outer = say("{where}: {error}", where=Path("a"), error=inner)
    parts = {
        "template": "{where}: {error}",
        "values": {
            "where": "a",
            "error": {"template": "no {name} of {n}", "values": {"name": "prompt", "n": 3}},
        },
    }
    assert (str(outer), parts_of(outer)) == ("a: no prompt of 3", parts)
    again = read_back(json.loads(json.dumps(parts)), "?")
    assert (str(again), parts_of(again)) == (str(outer), parts)
    assert isinstance(message_of(inner), Said)


@pytest.mark.parametrize("parts", [None, {}, {"template": 3, "values": {}}, {"template": "x"}])
def test_what_was_not_said_so_stays_a_text(parts: object) -> None:
    assert read_back(parts, "as it was") == "as it was"
    assert parts_of("plain") == {}
    assert message_of(ValueError("plain")) == "plain"
