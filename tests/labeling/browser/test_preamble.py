"""A system prompt and exemplars by keyboard alone, and on the page of who answers after them."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from labeling.models import Preamble, Project, Role
from labeling.preambles import change
from tests.browser import OpenPage
from tests.factories import make_member, make_prompt, make_task
from tests.labeling.browser.opening import start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_exemplars_are_written_moved_and_saved_by_keyboard(
    project: Project, open_page: OpenPage
) -> None:
    make_prompt(project, "How long?")
    mona = make_member(project, "Mona", Role.MANAGER)
    page = open_page(mona, "/projects/kitchen/preamble/")

    page.get_by_label("System prompt", exact=True).focus()
    page.keyboard.type("Be brief.\n\n Always.")
    for user, assistant in (("2 + 2?", "4"), ("3 + 3?", " 6\n")):
        page.get_by_role("button", name="Add an exemplar").press("Enter")
        expect(page.get_by_label("User").last).to_be_focused()
        page.keyboard.type(user)
        page.keyboard.press("Tab")
        page.keyboard.type(assistant)
    page.get_by_role("button", name="Move up").press("Enter")
    expect(page.get_by_label("User").first).to_be_focused()
    expect(page.locator(".given")).to_contain_text("3 + 3?")
    page.get_by_role("button", name="Save as a new version").press("Enter")
    expect(page.get_by_text("Version 1 is stored.")).to_be_visible()

    stored = Preamble.objects.get()
    assert stored.system == "Be brief.\n\n Always."
    assert stored.exemplars == [("3 + 3?", " 6\n"), ("2 + 2?", "4")]


def test_one_key_opens_what_stands_before_the_prompt(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    shown = [("2 + 2?", " 4\n")]
    preamble = change(project=project, system="Be brief.\n  Always.", exemplars=shown, by=None)
    make_task(project, preamble=preamble)
    page = start(open_page, ada)
    text = page.get_by_text("Be brief.")
    expect(text).to_be_hidden()

    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(text).to_be_visible()
    assert text.text_content() == "Be brief.\n  Always."
    page.keyboard.press("I")
    expect(text).to_be_hidden()
