"""A manager steers the queue by keyboard: withdraws what the filter shows, and takes it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import Project, Role
from tests.factories import make_member, make_task

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def press(page: Page, name: str) -> None:
    """A button, by the keyboard."""
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")


def test_from_one_task_to_all_that_fit(project: Project, ada: User, open_page: OpenPage) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    first, *_rankings = [make_task(project), *(make_task(project, "ranking") for _ in range(3))]
    claim_next(project=project, annotator=ada, kind="ranking")
    page = open_page(mona, "/projects/kitchen/")
    page.get_by_role("link", name="Queue").click()
    expect(page.get_by_text("4 answers are missing.")).to_be_visible()

    # One task is asked before all others.
    row = page.locator("tbody tr", has=page.locator(f"form[action$='/tasks/{first.pk}/steer/']"))
    row.get_by_role("combobox").select_option("now")
    row.get_by_role("button", name="Do it").press("Enter")
    expect(page.get_by_text("1 task is asked now.")).to_be_visible()

    # All rankings are withdrawn, after a question with their number.
    page.get_by_label("Kind").select_option("ranking")
    press(page, "Filter")
    expect(page.get_by_text("All 3 tasks that fit this filter:")).to_be_visible()
    press(page, "Withdraw…")
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdraw: 3 tasks")
    expect(page.get_by_text("1 person has begun")).to_be_visible()
    press(page, "Withdraw")
    expect(page.get_by_text("3 tasks are withdrawn.")).to_be_visible()
    assert project.tasks.filter(state="open").count() == 1

    # And opened again.
    page.get_by_label("State").select_option("withdrawn")
    press(page, "Filter")
    press(page, "Open again…")
    press(page, "Open again")
    expect(page.get_by_text("3 tasks are open again.")).to_be_visible()
    assert project.tasks.filter(state="open").count() == 4
