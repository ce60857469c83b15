"""Differences of two texts, as pages mark them."""

import random
from typing import Any

import pytest
from django.templatetags.static import static

from accounts.models import User
from labeling.models import Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SHARED = "The same line stands here, number {}.\n"


def unlike(rng: random.Random, words: int) -> str:
    return " ".join(f"{rng.choice('bcdfg')}{rng.randrange(10_000)}" for _ in range(words)) + "\n"


def pair(rng: random.Random, lines: int) -> tuple[str, str]:
    """Two texts: of each two lines one is in both, and one has nothing in common."""
    texts: list[str] = []
    for _ in range(2):
        found = [SHARED.format(n) + unlike(rng, 12) for n in range(lines)]
        texts.append("".join(found))
    return texts[0], texts[1]


def test_each_text_comes_back_from_its_parts(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project)
    page = start(open_page, ada)
    rng = random.Random(0)
    pairs = [
        ("", ""),
        ("", "a"),
        ("a b", ""),
        ("Six minutes.", "Six long minutes."),
        ("煮六分钟。\r\n", "煮十分钟。\n"),
        ("x\n" * 900, "y\n" * 900),  # more lines than are compared, none alike
        ("x " * 900, "y " * 900),  # one line
        pair(rng, 100),
    ]

    found: list[list[dict[str, Any]]] = page.evaluate(
        """async ([path, pairs]) => {
            const { diff } = await import(path);
            return pairs.map(([before, after]) => diff(before, after));
        }""",
        [static("labeling/diff.js"), pairs],
    )

    for (before, after), parts in zip(pairs, found, strict=True):
        assert "".join(p["text"] for p in parts if p["kind"] != "added") == before
        assert "".join(p["text"] for p in parts if p["kind"] != "removed") == after
    assert [(p["kind"], p["text"]) for p in found[3]] == [
        ("same", "Six "),
        ("added", "long "),
        ("same", "minutes."),
    ]
    # Beyond what is compared word by word, the lines that both have are found all the same.
    same = "".join(p["text"] for p in found[-1] if p["kind"] == "same")
    assert [n for n in range(100) if SHARED.format(n) not in same] == []
