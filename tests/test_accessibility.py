"""No serious finding of axe-core on the main pages, in both themes and both languages."""

import json
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from labeling.assigning import claim_next, skip
from labeling.kinds import kinds
from labeling.models import Role
from labeling.proposals import writing
from rounds.corpora import storing
from tests.factories import make_member, make_prompt, make_task
from tests.labeling.proposals.made import make_proposal, make_wanted
from tests.rounds.verdict.voting import make_verdict
from tests.rounds.views.test_learning import stored
from tests.rounds.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
KINDS = list(kinds())
SERIOUS = {"serious", "critical"}
OPTIONS = {"resultTypes": ["violations"]}
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
    found: dict[str, Any] = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]} {v['nodes'][0]['failureSummary'][:160]}"
        for v in found["violations"]
        if v["impact"] in SERIOUS
    ]


def paths(world: World) -> dict[str, list[str]]:
    """The pages of a manager, an annotator and of nobody."""
    home = f"/projects/{world.project.slug}/"
    make_verdict(world)
    texts = ["A fox and a hen. " * 30]
    storing.add(project=world.project, name="tales.txt", texts=texts, by=world.mona)
    curve = stored(world)
    member = world.project.memberships.get(user=world.ada)
    world.project.goal = 5
    world.project.save(update_fields=["goal"])
    make_task(world.project)
    left = claim_next(project=world.project, annotator=world.ada)
    assert left is not None
    skip(assignment=left, reason="personal_data: a phone number")
    for kind in KINDS:
        make_task(world.project, kind, overlap=9)
    tasks = [claim_next(project=world.project, annotator=world.ada, kind=kind) for kind in KINDS]
    proposal = make_proposal(world.project, world.ada)
    wanted = [make_wanted(world.project, form) for form in ("plain", "few_shot")]
    begun = [writing.begin(wanted=one, author=world.ada) for one in wanted]
    return {
        "mona": [
            "/",
            home,
            "/profile/",
            "/tokens/",
            "/api/v1/docs",
            *(
                home + name
                for name in (
                    "settings/",
                    "task-pages/",
                    "members/",
                    f"members/{member.pk}/remove/",
                    f"members/{member.pk}/tasks/",
                    "prompts/",
                    "prompts/import/",
                    "proposals/",
                    "proposals/wanted/",
                    "proposals/queue/",
                    f"proposals/{proposal.pk}/decide/",
                    "labels/",
                    f"labels/{world.ada.annotations.earliest('pk').pk}/",
                    "review/",
                    "queue/",
                    "checks/",
                    "golds/",
                    "golds/upload/",
                    "audit/",
                    "archive/",
                    "skipped/",
                    "agreement/",
                    f"people/{world.ada.pk}/",
                    "rounds/",
                    "rounds/1/",
                    "rounds/1/launch/",
                    "models/",
                    f"models/{world.policy.pk}/",
                    f"models/{curve.run.job.model_version.pk}/",
                    f"models/{world.policy.pk}/promote/",
                    "verdict/",
                    "export/",
                    "corpora/",
                )
            ),
            f"/runs/{world.runs['ppo'].pk}/",
            f"/runs/{world.runs['evaluate'].pk}/evaluation/",
        ],
        "ada": [
            "/",
            home,
            home + "history/",
            f"{home}history/{world.ada.annotations.earliest('pk').pk}/",
            "/notices/",
            home + "figures/",
            home + "guidelines/",
            home + "your-tasks/",
            "/signed-in/",
            home + "proposals/",
            f"{home}proposals/{proposal.pk}/",
            *(f"{home}proposals/{one.pk}/write/" for one in begun),
            *(f"{home}assignments/{task.pk}/" for task in tasks if task),
        ],
        "": ["/accounts/login/", "/accounts/password/reset/", "/nowhere/"],
    }


def visits(open_page, theme, language, **options):
    """Each page once, and its address."""
    world = make_world()
    world.project.tasks.update(state="done", free_slots=0)
    make_member(world.project, "Rita", Role.REVIEWER)
    people = {"mona": world.mona, "ada": world.ada, "": None}
    for name, addresses in paths(world).items():
        user = people[name]
        if user:
            user.theme, user.language = theme, language
            user.save()
        page = open_page(user, addresses[0], **options)
        for address in addresses:
            page.goto(address)
            yield f"{name} {address}", page


def size(width):
    return {"width": width, "height": 800}


@pytest.mark.parametrize(("theme", "language"), [("light", "zh-hans"), ("dark", "en")])
def test_no_serious_finding(open_page, watch, theme, language):
    watch.expected.append("404")
    found = {}
    for address, page in visits(open_page, theme, language, color_scheme=theme):
        if trouble := findings(page):
            found[address] = trouble
    assert found == {}


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (900, "zh-hans"), (1280, "en")])
def test_no_page_scrolls_sideways(open_page, watch, width, language):
    watch.expected.append("404")
    found = {}
    for address, page in visits(open_page, "light", language, viewport=size(width)):
        if wide := page.evaluate("document.documentElement.scrollWidth - innerWidth"):
            found[address] = wide
    assert found == {}


def test_no_table_scrolls_sideways_on_a_phone(open_page, watch):
    """Rows of many columns are blocks there, each cell with its column's name; no number breaks."""
    watch.expected.append("404")
    found = {}
    for address, page in visits(open_page, "dark", "zh-hans", viewport=size(390)):
        if wrong := page.evaluate(WIDE_TABLES) + page.evaluate(BROKEN_NUMBERS):
            found[address] = wrong
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
