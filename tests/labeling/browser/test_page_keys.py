"""Single keys of the page and of its form: each is for whoever shows it."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.kinds import kinds
from labeling.kinds.keys import PAGE
from labeling.models import Project
from labeling.preambles import change
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# The form's keys arrive at it, and it does nothing with them.
TAKE = """() => {
    const form = document.querySelector("[data-form]");
    form.handleKey = (key) => { form.arrived = key; return true; };
}"""
# They do what they do; whether they were the form's is kept.
LISTEN = """() => {
    const form = document.querySelector("[data-form]");
    const handle = form.handleKey.bind(form);
    form.handleKey = (key) => form.taken_by_form = handle(key);
}"""


def shown_keys(page: Page, buttons: str) -> list[str]:
    """Those that are in sight on them, as Playwright calls them."""
    found = page.locator(f"{buttons} kbd.single").filter(visible=True).all_text_contents()
    return [key.replace("⇧", "Shift+").replace("−", "-").replace("⏎", "Enter") for key in found]


@pytest.mark.parametrize("kind", kinds())
def test_each_key_on_a_button_is_for_whoever_shows_it(
    project: Project, ada: User, open_page: OpenPage, kind: str
) -> None:
    """Nothing else takes it first: neither a form the page's, nor the page a form's."""
    preamble = change(project=project, system="Be brief.", exemplars=[], by=None)
    make_task(project, kind, k=9, preamble=preamble)
    page = start(open_page, ada)
    page.keyboard.press("Escape")
    forms = shown_keys(page, "[data-form] button")
    own = shown_keys(page, ".work > :not(dialog) :is(button:not([data-form] *), summary)")
    assert {"?", "r", "s"} <= {key[-1].lower() for key in own}
    assert {key[-1].lower() for key in own} <= set(PAGE)

    page.evaluate(LISTEN)
    for key in own:
        page.evaluate("document.querySelector('[data-form]').taken_by_form = null")
        page.keyboard.press(key)
        assert page.evaluate("document.querySelector('[data-form]').taken_by_form") is False, key
        page.evaluate("document.querySelector('dialog[open]')?.close()")
        page.evaluate("document.querySelector('#guidelines').hidden = true")
    page.evaluate(TAKE)
    page.evaluate(
        "document.querySelector('labeling-page').draft.touched = true"
    )  # so U is a form's
    for key in forms:
        page.evaluate("document.querySelector('[data-form]').arrived = null")
        page.keyboard.press(key)
        arrived = page.evaluate("document.querySelector('[data-form]').arrived")
        name = key.removeprefix("Shift+")
        name = name.lower() if len(name) == 1 else name
        assert arrived == {"key": name, "shiftKey": key.startswith("Shift+")}


def test_the_page_s_keys_act_with_shift_where_texts_go_by_them(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    preamble = change(project=project, system="Be brief.", exemplars=[], by=None)
    make_task(project, "ranking", k=9, preamble=preamble, priority=1)
    make_task(project, "ranking", k=2, preamble=preamble)
    page = start(open_page, ada)
    keys = page.locator("kbd.single[data-own]").filter(visible=True)
    assert keys.all_text_contents() == ["⇧G", "R", "?", "⇧I", "⇧F", "S"]

    for letter in "fgi":
        page.keyboard.press(letter)
        text = page.get_by_role("group", name=f"Text {letter.upper()}", exact=True)
        expect(text).to_be_focused()
    page.keyboard.press("Shift+I")
    expect(page.get_by_text("Be brief.")).to_be_visible()
    page.keyboard.press("Shift+G")
    expect(page.locator("#guidelines")).to_be_visible()
    page.keyboard.press("Shift+F")
    expect(page.get_by_role("dialog")).to_contain_text("Concerns and comment")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    before = page.url
    for key in "123456789":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)
    page.wait_for_selector("[data-ready]")
    assert keys.all_text_contents() == ["G", "R", "?", "I", "U", "F", "S"]
