"""Content warnings in the browser."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling import revising
from labeling.kinds import kinds
from labeling.models import Assignment, Membership, Project
from tests.factories import make_annotation, make_prompt, make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def heard(page: Page) -> str:
    """All that a screen reader can come to, from the browser's own tree."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    nodes = [node for node in tree["nodes"] if not node["ignored"]]
    return " ".join(str(node.get("name", {}).get("value", "")) for node in nodes)


@pytest.mark.parametrize("kind", kinds())
def test_nothing_is_read_or_done_until_one_asks_to_see_it(
    project: Project, ada: User, open_page: OpenPage, kind: str
) -> None:
    prompt = make_prompt(project, "A scene of blood.", content_warning="reported")
    make_task(project, kind, prompt=prompt)
    page = start(open_page, ada)
    assert "Content warning" in heard(page)
    assert "blood" not in heard(page)
    for part in page.locator("[data-role=cover] ~ *").all():
        assert "blur" in part.evaluate("(part) => getComputedStyle(part).filter")
    expect(page.get_by_role("button", name="Show it")).to_be_focused()

    for key in ("1", "2", "Control+Enter", "Escape"):
        page.keyboard.press(key)
    assert Assignment.objects.get().state == "active"
    assert page.locator("[data-role=problem]").text_content() == ""
    page.keyboard.press("v")

    expect(page.locator("[data-role=cover]")).to_have_count(0)
    page.get_by_text("A scene of blood.").first.wait_for()
    assert "blood" in heard(page)
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("[data-role=cover]")).to_have_count(0)


def test_one_key_declines_it_and_a_box_all_of_them(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for text, warning in (("Blood.", "marked"), ("More.", "marked"), ("Eggs.", "")):
        make_task(project, prompt=make_prompt(project, text, content_warning=warning))
    page = start(open_page, ada)
    first = page.url

    page.get_by_label("Give me no such tasks any more").check()
    page.keyboard.press("d")

    page.wait_for_url(lambda url: url != first)
    page.wait_for_selector("[data-ready]")
    expect(page.get_by_text("Eggs.")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_be_focused()
    rows = Assignment.objects.order_by("pk").values_list("state", "skip_reason")
    assert list(rows) == [("skipped", "declined"), ("active", "")]
    assert Membership.objects.get(user=ada).avoids_warned


def test_a_correction_is_nobody_elses_so_there_is_nothing_to_decline(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    warned = make_prompt(project, content_warning="marked")
    task = make_task(project, "ranking", k=2, prompt=warned)
    revising.revise(annotation=make_annotation(task, annotator=ada), by=ada)
    page = start(open_page, ada)
    here = page.url

    expect(page.get_by_role("button", name="Show it")).to_be_focused()
    expect(page.get_by_role("button", name="Decline")).to_have_count(0)
    page.keyboard.press("d")
    page.keyboard.press("v")

    expect(page.locator("[data-role=cover]")).to_have_count(0)
    assert page.url == here
