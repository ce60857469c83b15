"""A comparison in the browser: one key, one answer; sides as this annotator sees them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Assignment, Project
from tests.factories import make_task
from tests.labeling.browser.opening import start

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_one_key_and_enter_answer_each_task(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(5):
        make_task(project, "comparison")
    page = start(open_page, ada)

    for keys in (["1"], ["7"], ["2", "="], ["6", "x"], ["0", "3", "b"]):
        before = page.url
        for key in (*keys, "Enter"):
            page.keyboard.press(key)
        page.wait_for_url(lambda url, before=before: url != before)

    said = []
    for given in Annotation.objects.order_by("pk"):
        side = {pk: "AB"[place] for place, pk in enumerate(given.shown_order)}
        said.append(
            (side.get(given.body["better"]), given.body["strength"], given.body["both_bad"])
        )
    assert said == [
        ("A", 3, False),
        ("B", 3, False),
        (None, 0, False),
        (None, 0, True),
        ("A", 1, False),
    ]


def test_sides_follow_the_shown_order_and_a_draft_survives(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "comparison", texts=["Stir it.", "Wait for it."])
    page = start(open_page, ada)
    texts = {c.pk: c.text for c in project.tasks.get().completions.all()}
    order = [texts[pk] for pk in Assignment.objects.get().shown_order]
    expect(page.locator(".side .rendered")).to_contain_text(order)

    page.keyboard.press("Enter")
    expect(page.locator("[data-role=problem]")).to_have_text(
        "Say which is better, or that it is a tie."
    )
    chosen = page.get_by_role("button", name="B slightly better")
    chosen.click()
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved")
    page.reload()
    page.wait_for_selector("[data-ready]")

    expect(page.locator('[aria-pressed="true"][data-step]')).to_have_count(1)
    expect(chosen).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("a")
    expect(page.get_by_role("group", name="Text A", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("group", name="Text B", exact=True)).to_be_focused()


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (390, "zh-CN")])
def test_it_fits_the_window(
    project: Project, ada: User, open_page: OpenPage, width: int, language: str
) -> None:
    make_task(project, "comparison", texts=["Stir.\n\n" * 200, "Wait.\n\n" * 200])

    page = start(open_page, ada, viewport={"width": width, "height": 700}, locale=language)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width > 800:
        expect(page.get_by_role("button", name="Tie")).to_be_in_viewport()
        expect(page.get_by_role("button", name="Both bad")).to_be_in_viewport()
    else:
        expect(page.get_by_role("button", name="平局")).to_have_count(1)
