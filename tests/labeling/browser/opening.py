"""How these tests open a task in the browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User

OpenPage = Callable[..., Page]


def start(open_page: OpenPage, user: User, **options: object) -> Page:
    page = open_page(user, "/projects/kitchen/label/", **options)
    page.wait_for_selector("[data-ready]")
    return page


def start_with_a_clock(open_page: OpenPage, user: User) -> Page:
    """The same, with a time that only the test moves on."""
    page = open_page(user, "/projects/kitchen/label/")
    page.clock.install()
    page.reload()
    page.wait_for_selector("[data-ready]")
    return page


def wait_for(held: list[Any], *, go_on: Callable[[], None]) -> None:
    """Until a request is held back; what it never sends must not hang the tests."""
    for _ in range(600):
        if held:
            return
        go_on()
    pytest.fail("no request was sent")


def sign_in_again(page: Page, user: User) -> None:
    """By the link that the page shows, in a tab of its own."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").last.click()  # that of a dialog
    tab = opened.value
    tab.get_by_label("Email").fill(user.email)
    tab.get_by_label("Password").fill("password")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text(f"You are signed in as {user.name}")).to_be_visible()
    tab.close()
