"""Skipping in the browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import Session, User
from labeling.models import Assignment, Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, sign_in_again, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_skipping_with_a_reason_brings_the_next_task(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task, following = make_task(project, "ranking"), make_task(project, "ranking")
    page = start(open_page, ada)
    first = page.url

    for key in ("s", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != first and "assignments" in url)

    assert Assignment.objects.get(task=task).skip_reason == "wrong_language"
    assert Assignment.objects.get(state="active").task == following


def test_without_a_chosen_reason_nothing_is_skipped(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task, _following = make_task(project, "ranking"), make_task(project, "ranking")
    page = start(open_page, ada)
    first = page.url
    reasons, note = page.get_by_role("radio"), page.get_by_label("Note (optional)")

    page.keyboard.press("s")
    expect(reasons.first).to_be_focused()
    page.keyboard.press("Enter")
    note.press_sequentially("2 texts are empty")
    page.keyboard.press("Enter")
    expect(page.locator(".reasons :checked")).to_have_count(0)
    assert Assignment.objects.get(task=task).state == "active"

    reasons.last.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("s")  # asked anew
    expect(page.locator(".reasons :checked")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("in Welsh")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first and "assignments" in url)

    assert Assignment.objects.get(task=task).skip_reason == "wrong_language: in Welsh"


def test_whoever_is_signed_out_signs_in_beside_the_reason_and_skips(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("401")
    task, _following = make_task(project, "ranking"), make_task(project, "ranking")
    page = start(open_page, ada)
    first = page.url
    Session.objects.all().delete()

    for key in ("s", "2", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-role=skip-problem]")).to_have_text(
        "You have been signed out. Your work is kept on this device. Sign in in a new tab "
        "Then come back here and continue."
    )
    sign_in_again(page, ada)
    page.get_by_role("button", name="Skip ⏎").click()
    page.wait_for_url(lambda url: url != first and "assignments" in url)

    assert Assignment.objects.get(task=task).skip_reason == "wrong_language"
