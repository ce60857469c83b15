"""A project's tabs stand in one line on a desk's screen, whichever of them is open."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from labeling.models import Role
from labeling.project_tabs import TABS
from tests.factories import make_member, make_project

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LINES = """new Set([...document.querySelector("nav.tabs").children]
  .map((tab) => tab.getBoundingClientRect().top)).size"""
WITHOUT = {"guidelines"}  # a page to read, as annotators have it


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_tabs_stand_in_one_line(open_page, language):
    mona = make_member(make_project("kitchen"), "Mona", Role.MANAGER)
    mona.language = language
    mona.save()
    page = open_page(mona, viewport={"width": 1280, "height": 800})

    lines = {}
    for tab in (tab for tab in TABS if tab.name not in WITHOUT):
        page.goto(reverse(tab.name, args=["kitchen"]))
        lines[tab.name] = page.evaluate(LINES)

    assert lines == dict.fromkeys(lines, 1)


def test_the_menu_opens_by_keyboard_and_closes(open_page):
    mona = make_member(make_project("kitchen"), "Mona", Role.MANAGER)
    page = open_page(mona, "/projects/kitchen/", viewport={"width": 360, "height": 800})
    menu = page.locator(".tabs .menu")

    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Checks")).to_be_visible()
    box = menu.locator(".sheet").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Checks")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/kitchen/skipped/")
    expect(menu.locator("summary")).to_have_class("here")
