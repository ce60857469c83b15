"""An answer comes back: its annotator hears of it by the bell, and the reviewer of the reply."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Project, Role
from tests.factories import make_member, make_task
from tests.labeling.browser.opening import start
from tests.labeling.browser.test_reviewing import rank, say

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def bell(page: Page, count: str) -> None:
    """Find the bell with so many new notices, and open the list by keyboard."""
    expect(page.locator(".bell .count")).to_have_text(f"{count} new")
    page.get_by_role("link", name="Notices").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/notices/")
    expect(page.locator(".bell .count")).to_have_count(0)


def test_what_comes_back_and_the_reply(project: Project, ada: User, open_page: OpenPage) -> None:
    reviewer = make_member(project, "Rita", Role.REVIEWER)
    make_task(project, "ranking")

    # There is a task for Ada, who had none. On its page the bell counts nothing.
    page = open_page(ada)
    bell(page, "1")
    expect(
        page.get_by_role("link", name="There are new tasks for you in “Kitchen”.")
    ).to_be_visible()
    page = start(open_page, ada)
    expect(page.locator(".bell .count")).to_have_count(0)
    rank(page, "1", "2", "3", "4")
    page.wait_for_url("**/label/")

    review = open_page(reviewer, f"/projects/kitchen/labels/{Annotation.objects.get().pk}/")
    say(review, "Send back", "Look at A once more.")
    expect(review.get_by_text("The answer is sent back.")).to_be_visible()

    page.get_by_role("link", name="Rondo").click()
    bell(page, "1")
    page.get_by_role("link", name="Rita sent an answer of yours back to you").click()
    expect(page.get_by_text("Look at A once more.")).to_be_visible()
    page.get_by_role("button", name="Correct").click()
    page.wait_for_selector("[data-ready]")
    rank(page)
    page.wait_for_url("**/history/*/")
    page.get_by_label("Comment for the reviewers").fill("A was a slip.")
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_text("A was a slip.")).to_be_visible()

    review.goto(review.url)
    bell(review, "2")
    expect(review.get_by_text("Ada corrected the answer that was sent back")).to_be_visible()
    review.get_by_role("link", name="Ada replied to your review").click()
    expect(review.get_by_text("A was a slip.")).to_be_visible()
