"""From two policies to a promoted one: people compare blind, and their verdict decides."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from labeling.models import Assignment
from registry.models import Alias, AliasChange
from rounds.verdict.refreshing import refresh
from rounds.verdict.texts import heldout
from tests.factories import make_version
from tests.rounds.worker import finish
from tests.rounds.world import World, make_world

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def world() -> World:
    """A policy that serves wrote for twelve held-out prompts, a second one for five of them."""
    world = make_world()
    world.project.tasks.update(state="done", free_slots=0)
    newer = make_version("policy", family=world.project.family, name="policy v2")
    world.evaluation.before, world.evaluation.after = world.policy, newer
    world.evaluation.save()
    for sample in world.evaluation.samples.all():
        is_newer = sample.model_version == world.round.writer
        sample.model_version = newer if is_newer else world.policy
        sample.text = f"{'Good' if is_newer else 'Poor'} text {sample.pk}"
        sample.save()
    kept = heldout(world.project).values("pk")[:5]
    world.evaluation.samples.filter(model_version=newer).exclude(prompt__in=kept).delete()
    return world


def write_missing(world: World) -> None:
    """What the GPU worker does for the vote."""
    run = world.project.ballots.get().runs.get()
    texts = [
        {
            "prompt_id": pk,
            "position": 0,
            "text": f"Good text {pk}",
            "tokens": 4,
            "finish_reason": "stop",
        }
        for pk, _n in run.job.payload["prompts"]
    ]
    finish(run, completions=texts)


def prefer(page: Page, words: str) -> None:
    """By one key: the side with these words is much better."""
    before = page.url
    left = page.locator(".side .rendered").first.text_content() or ""
    # A key that was meant for the task before answers nothing.
    page.wait_for_function("() => !document.querySelector('labeling-page').isNew")
    page.keyboard.press("1" if words in left else "7")
    page.wait_for_url(lambda url: url != before)


def names_no_model(page: Page) -> bool:
    """Nothing between the bars tells whose text it is, or that it is a vote on models."""
    return not re.search("policy|verdict", page.locator("main").inner_html(), re.IGNORECASE)


def test_from_two_policies_to_a_promoted_one(world: World, open_page: OpenPage) -> None:
    # The manager asks from the evaluation.
    mona = open_page(world.mona, f"/runs/{world.runs['evaluate'].pk}/evaluation/")
    mona.get_by_role("link", name="Ask people, blind").click()
    expect(mona.get_by_role("checkbox", name="policy v1")).to_be_checked()
    expect(mona.get_by_role("checkbox", name="policy v2")).to_be_checked()
    mona.get_by_label("Worth having, in percent").fill("80")
    stock = mona.locator("#stock tbody tr")
    expect(stock).to_have_text(re.compile(r"policy v2\s+against\s+policy v1\s+5\s+7\s+0"))
    mona.get_by_role("checkbox", name="SFT v1").focus()
    mona.keyboard.press("Space")
    expect(stock).to_have_count(3)
    mona.keyboard.press("Space")
    expect(stock).to_have_count(1)
    mona.get_by_role("checkbox", name="Have missing texts written").check()
    mona.get_by_role("button", name="Ask", exact=True).click()
    expect(mona.get_by_text("5 tasks are open")).to_be_visible()
    expect(mona.get_by_text("7 questions wait for texts.")).to_be_visible()

    # The annotator gets the tasks like any others and is not told whose texts they are.
    ada = open_page(world.ada, "/projects/kitchen/label/")
    ada.wait_for_selector("[data-ready]")
    for task in range(12):
        if task == 4:  # while people are at it, the rest is written
            write_missing(world)
            # The manager's list sees it by itself.
            expect(mona.get_by_text("7 questions wait for texts.")).to_have_count(0)
        assert names_no_model(ada)
        prefer(ada, "Good text")
    assert Assignment.objects.filter(purpose="verdict", state="submitted").count() == 12
    ada.goto(ada.url.partition("/projects/")[0] + "/projects/kitchen/history/")
    assert names_no_model(ada)
    ada.locator("tbody a").first.click()
    expect(ada.get_by_text("much better")).to_be_visible()
    assert names_no_model(ada)

    # Their verdict is counted in the background, and decides.
    refresh(world.project.pk)
    mona.reload()
    told = "Enough votes are in: policy v2 is better than policy v1."
    expect(mona.get_by_text(told)).to_be_visible()
    mona.get_by_role("link", name="policy v2").first.click()
    expect(mona.get_by_text("12 votes on 12 prompts")).to_be_visible()
    mona.get_by_role("link", name="Promote").click()
    expect(mona.get_by_label("Note (optional)")).to_be_visible()
    mona.get_by_role("button", name="Promote").click()

    expect(mona.get_by_text("policy v2 serves now")).to_be_visible()
    assert Alias.objects.get().version.name == "policy v2"
    assert AliasChange.objects.latest("pk").reason.verdict == "better"

    # Back to the old one: people say that it is worse, so it takes a reason.
    mona.get_by_role("link", name="Return to policy v1").click()
    expect(mona.get_by_text("What people say: worse.")).to_be_visible()
    mona.get_by_label("Why it is promoted").fill("The new one answers too slowly.")
    mona.get_by_role("button", name="Promote").click()
    expect(mona.get_by_role("cell", name="The new one answers too slowly.")).to_be_visible()
    assert Alias.objects.get().version == world.policy
