"""Each action that code writes down has words, in both languages, and each target its project."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from labeling.models import Screening
from labeling.queue.steering import Act
from web.auditing.words import ACTIONS, TARGETS

ROOT = Path(__file__).resolve().parents[3]
ACTION = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
TARGET = re.compile(r"([a-z]+\.[A-Z][A-Za-z]+):")
# Written as f"tasks.{act}" and f"screening.{state}".
MADE = {f"tasks.{act}" for act in Act.values} | {f"screening.{s}" for s in Screening.State.values}


def writers() -> list[ast.Module]:
    """The modules that write into the audit."""
    files = [*ROOT.glob("platform/**/*.py"), *ROOT.glob("labeling/**/*.py")]
    texts = (path.read_text("utf-8") for path in files if "migrations" not in path.parts)
    trees = [ast.parse(text) for text in texts if re.search(r"\baudit\(", text)]
    assert len(trees) > 10
    return trees


def constants(pattern: re.Pattern[str], *, whole: bool) -> set[str]:
    texts = {
        node.value
        for tree in writers()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    found = (pattern.fullmatch(text) if whole else pattern.match(text) for text in texts)
    return {match[0 if whole else 1] for match in found if match}


def test_each_action_has_words() -> None:
    assert constants(ACTION, whole=True) | MADE == set(ACTIONS)


def test_each_target_has_a_name_and_a_project_or_none() -> None:
    targets = constants(TARGET, whole=False)
    assert targets <= set(TARGETS)
    assert targets - set(settings.AUDIT_PROJECTS) == {"accounts.ApiToken", "accounts.User"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_words_differ(language: str) -> None:
    with translation.override(language):
        words = [str(text) for text in ACTIONS.values()]
    assert len(set(words)) == len(words)
