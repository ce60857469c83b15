"""Pages by axe-core, in both themes and both languages, and at each width."""

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from labeling.assigning import claim_next, skip
from tests import pages
from tests.access.scene import make_scene
from tests.factories import make_member, make_prompt, make_task
from tests.rounds.world import make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (1280, 900, 360)
PHONE = 390  # where no table scrolls
SERIOUS = {"serious", "critical"}
# Rules that find nothing of that weight are left out, half of the time. Nor is asked for what style
# sheets import: that is beside the page, where it is not.
RUN = """axe.run({
  resultTypes: ["violations"],
  preload: false,
  rules: Object.fromEntries(axe._audit.rules
    .filter((rule) => ["minor", "moderate"].includes(rule.impact))
    .map((rule) => [rule.id, { enabled: false }])),
})"""
WIDE_TABLES = """[...document.querySelectorAll(".scroll:has(table)")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .map((box) => box.querySelector("table").innerText.slice(0, 20))"""

# Figures on more than one line, though there is no blank in them: "−0.0194" and "96" below it.
BROKEN_NUMBERS = """[...document.querySelectorAll(".number:not(th)")].filter((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.bottom)));
  return lines.size > 1 && !/\\s/.test(cell.innerText.trim());
}).map((cell) => cell.innerText)"""


def findings(page: Page) -> list[str]:
    """What axe finds serious: rule, and the first element that breaks it."""
    # By the debugger, which the page's Content-Security-Policy does not bind.
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(RUN)
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]} {v['nodes'][0]['failureSummary'][:160]}"
        for v in found["violations"]
        if v["impact"] in SERIOUS
    ]


def walk(open_page, theme, language):
    """Each page once, as wide as a desk's, and whether it is that of a kind's task."""
    scene = make_scene()
    for name, addresses in pages.addresses(scene).items():
        user = scene.people[name]
        if user:
            user.theme, user.language = theme, language
            user.save()
        page = open_page(user, viewport=size(1280), color_scheme=theme)
        for address in addresses:
            page.set_viewport_size(size(1280))
            page.goto(address)
            yield f"{name} {address}", page, re.search("/assignments/", address) is not None


def size(width):
    return {"width": width, "height": 800}


@pytest.mark.parametrize(("theme", "language"), [("light", "zh-hans"), ("dark", "en")])
def test_pages_can_be_read_by_all(open_page, watch, theme, language):
    """No serious finding, nothing wider than the window; tables are blocks on a phone.

    A kind's page is looked at by axe-core at all widths.
    """
    watch.expected += ["403", "404"]
    found = {}
    for address, page, is_task in walk(open_page, theme, language):
        trouble = []
        for width in WIDTHS:
            page.set_viewport_size(size(width))
            if sideways := page.evaluate("document.documentElement.scrollWidth - innerWidth"):
                trouble.append(f"{width}: {sideways} pixels too wide")
            if width == WIDTHS[0] or is_task:
                trouble += [f"{width}: {finding}" for finding in findings(page)]
        page.set_viewport_size(size(PHONE))
        trouble += page.evaluate(WIDE_TABLES) + page.evaluate(BROKEN_NUMBERS)
        if trouble:
            found[address] = trouble
    assert found == {}


def test_what_can_be_done_with_a_row_is_in_sight(open_page):
    """Long texts and addresses make room for it."""
    world = make_world()
    world.project.tasks.update(state="done", free_slots=0)
    make_task(world.project, prompt=make_prompt(world.project, "How long do I boil it? " * 6))
    left = claim_next(project=world.project, annotator=world.ada)
    skip(assignment=left, reason=f"personal_data: {'a phone number ' * 9}")
    make_member(world.project, "Bo", email=f"{'b.' * 25}bo@{'department-' * 5}example.org")
    page = open_page(world.mona, "/projects/kitchen/skipped/", viewport=size(1280))

    expect(page.get_by_role("button", name="Withdraw")).to_be_in_viewport(ratio=1)
    page.goto("/projects/kitchen/members/")
    expect(page.get_by_role("link", name="Remove Bo")).to_be_in_viewport(ratio=1)
