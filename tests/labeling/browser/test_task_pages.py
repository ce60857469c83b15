"""The page of a task beside its settings: what is changed is shown at once, and can be tried."""

import json
import os

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from accounts.models import User
from labeling.models import Annotation, Project, Role
from tests.browser import Watch
from tests.factories import make_member
from tests.labeling.browser.opening import OpenPage
from tests.labeling.kinds.toy import NAME, make_toy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
READY = "[data-ready]"


@pytest.fixture
def mona(project: Project) -> User:
    """The manager."""
    return make_member(project, "Mona", Role.MANAGER)


def opened(open_page: OpenPage, mona: User, kind: str) -> tuple[Page, FrameLocator]:
    page = open_page(mona, f"/projects/kitchen/task-pages/?kind={kind}")
    frame = page.frame_locator("iframe")
    frame.locator(READY).wait_for()
    return page, frame


def test_a_manager_answers_as_an_annotator_would(
    open_page: OpenPage, project: Project, mona: User
) -> None:
    page, frame = opened(open_page, mona, "comparison")

    frame.locator("h1").click()
    page.keyboard.press("6")

    said = frame.locator(".message.success")
    expect(said).to_contain_text("B is better")
    expect(frame.locator('[data-step][aria-pressed="true"]')).to_have_count(0)
    expect(frame.locator(".bar")).to_be_hidden()
    assert Annotation.objects.count() == 0


def test_real_answers_of_the_tab_are_not_taken_up_in_it(
    open_page: OpenPage, project: Project, mona: User
) -> None:
    page = open_page(mona, "/projects/kitchen/history/")
    kept = json.dumps(["/projects/kitchen/history/1/correct/"])
    page.evaluate("(kept) => sessionStorage.setItem('rondo:last-answers', kept)", kept)
    page.goto(page.url.replace("history/", "task-pages/?kind=comparison"))
    frame = page.frame_locator("iframe")
    frame.locator(READY).wait_for()

    expect(frame.locator("[data-role=undo]")).to_be_hidden()
    frame.locator("h1").click()
    page.keyboard.press("u")
    page.keyboard.press("6")
    expect(frame.locator('[data-step][aria-pressed="true"]')).to_have_count(1)


def test_what_is_typed_is_what_is_tried(
    open_page: OpenPage,
    project: Project,
    mona: User,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_toy(monkeypatch)
    watch.expected.append("422")  # too few words
    page, frame = opened(open_page, mona, NAME)
    words = page.get_by_label("Words")

    with page.expect_response(lambda answer: "/try/" in answer.url):
        words.fill("2")
    frame.locator(READY).wait_for()
    expect(words).to_be_focused()  # though the form beside it takes the focus

    frame.locator("[data-form] textarea").fill("Six.")
    page.keyboard.press("Control+Enter")
    expect(frame.locator('[data-role="problem"]')).to_contain_text("too few words")
    frame.locator("[data-form] textarea").fill("Six minutes.")
    page.keyboard.press("Control+Enter")
    expect(frame.locator(".message.success")).to_contain_text("Six minutes.")


def test_rows_are_moved_by_the_keyboard(
    open_page: OpenPage, project: Project, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_toy(monkeypatch)
    page, _frame = opened(open_page, mona, NAME)

    page.get_by_role("button", name="Add: Hint").press("Enter")
    expect(page.locator("#set-hints-1-text")).to_be_focused()
    page.keyboard.type("Be kind")
    page.get_by_role("button", name="Hint 2 up").press("Enter")
    expect(page.locator("#set-hints-0-text")).to_have_value("Be kind")
    expect(page.get_by_role("button", name="Hint 1 up")).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator("main > .message")).to_contain_text("Version 2 is in force.")
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/task_pages.png", full_page=True)
