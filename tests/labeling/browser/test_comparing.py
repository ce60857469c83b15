"""A comparison in the browser: one key, one answer; sides as this annotator sees them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Assignment, Project
from tests.factories import make_task
from tests.labeling.browser.opening import start, start_with_a_clock

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def answer(page: Page, key: str) -> None:
    """By one key, once the task has been there for a moment."""
    page.wait_for_function("() => !document.querySelector('labeling-page').isNew")
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_selector("[data-ready], .empty")


def test_one_key_answers_each_task(project: Project, ada: User, open_page: OpenPage) -> None:
    for _ in range(5):
        make_task(project, "comparison")
    page = start(open_page, ada)

    for key in "17=x3":
        answer(page, key)

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
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_FAILED")
    make_task(project, "comparison", texts=["Stir it.", "Wait for it."])
    page = start(open_page, ada)
    texts = {c.pk: c.text for c in project.tasks.get().completions.all()}
    order = [texts[pk] for pk in Assignment.objects.get().shown_order]
    expect(page.locator(".side .rendered")).to_contain_text(order)

    page.keyboard.press("Enter")
    expect(page.locator("[data-role=problem]")).to_have_text(
        "Say which is better, or that it is a tie."
    )
    page.keyboard.press("a")
    expect(page.get_by_role("group", name="Text A", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("group", name="Text B", exact=True)).to_be_focused()
    page.route("**/assignments/*/", lambda route: route.abort())
    chosen = page.get_by_role("button", name="B slightly better")
    chosen.click()
    expect(page.locator("[data-role=problem]")).to_contain_text("You are offline.")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved")
    page.unroute("**/assignments/*/")
    page.reload()  # what is chosen was submitted, and is sent now

    page.wait_for_url("**/label/")
    assert Annotation.objects.get().body["strength"] == 1


def test_no_key_answers_the_task_that_comes_next(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(2):
        make_task(project, "comparison")
    page = start_with_a_clock(open_page, ada)
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    held = {"key": "1", "code": "Digit1", "bubbles": True, "cancelable": True, "repeat": True}
    hold = "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key))"
    better = page.get_by_role("button", name="A much better")

    answer(page, "1")
    page.keyboard.press("1")
    better.click()
    page.clock.run_for(2000)
    page.evaluate(hold, held)
    expect(page.locator('[aria-pressed="true"][data-step]')).to_have_count(0)
    assert Annotation.objects.count() == 1
    better.click()
    page.wait_for_url("**/label/")

    assert Annotation.objects.count() == 2


def test_what_is_said_beside_the_answer_comes_first_or_by_undo(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(2):
        make_task(project, "comparison")
    page = start(open_page, ada)

    page.keyboard.press("f")
    page.get_by_label("Comment (optional)").fill("Both are raw.")
    page.keyboard.press("Escape")
    expect(page.locator("[data-role=remark]")).to_be_hidden()
    answer(page, "0")
    first = page.url
    page.keyboard.press("u")
    page.wait_for_url(lambda url: url != first)
    page.wait_for_selector("[data-ready]")
    expect(page.get_by_role("button", name="Both bad")).to_have_attribute("aria-pressed", "true")
    answer(page, "4")

    rows = Annotation.objects.order_by("pk").values_list("body__both_bad", "comment", "standing")
    assert list(rows) == [
        (True, "Both are raw.", "superseded"),
        (False, "Both are raw.", "counts"),
    ]


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
