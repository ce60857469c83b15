"""Single keys on other keyboards, and where the cursor stands in a text."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.kinds import kinds
from labeling.models import Annotation, Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CYRILLIC = {"KeyS": "ы", "KeyG": "п", "KeyA": "ф", "KeyU": "г", "KeyX": "ч"}
AZERTY = {"Digit1": "&", "Digit2": "é", "Digit0": "à"}


def press(page: Page, code: str, key: str, **modifiers: Any) -> None:
    """A key as a keyboard of another layout sends it."""
    event = {"key": key, "code": code, "bubbles": True, "cancelable": True, **modifiers}
    page.evaluate(
        "event => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', event))", event
    )


def place_of(page: Page, letter: str) -> str:
    return page.locator(f'[data-letter="{letter}"] [data-role="place"]').inner_text()


def test_letters_of_a_cyrillic_keyboard_act_by_their_place(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", k=2)
    page = start(open_page, ada)

    press(page, "KeyG", CYRILLIC["KeyG"])
    expect(page.locator("#guidelines")).to_be_visible()
    press(page, "KeyG", CYRILLIC["KeyG"])
    press(page, "KeyA", CYRILLIC["KeyA"])
    press(page, "KeyX", CYRILLIC["KeyX"])
    assert place_of(page, "A") == "✕"
    press(page, "KeyU", CYRILLIC["KeyU"])
    assert place_of(page, "A") == ""
    press(page, "KeyS", CYRILLIC["KeyS"])
    expect(page.get_by_role("dialog")).to_contain_text("Why do you skip it?")


def test_digits_of_an_azerty_keyboard_place_without_shift(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", k=2)
    page = start(open_page, ada)

    press(page, "Digit2", AZERTY["Digit2"])
    press(page, "Digit1", AZERTY["Digit1"])
    assert (place_of(page, "A"), place_of(page, "B")) == ("2", "1")
    press(page, "KeyS", "s")
    press(page, "Digit1", AZERTY["Digit1"])
    expect(page.get_by_role("radio").first).to_be_checked()


@pytest.mark.parametrize(
    ("code", "key", "shift", "opens"),
    [
        ("KeyS", "S", False, True),  # Caps Lock
        ("KeyO", "s", False, True),  # a layout that has the letter elsewhere
        ("KeyS", "o", False, False),
        ("Digit7", "&", True, False),  # Shift and a digit is no digit
    ],
)
def test_a_letter_that_the_layout_has_acts_where_it_is(
    project: Project, ada: User, open_page: OpenPage, code: str, key: str, shift: bool, opens: bool
) -> None:
    make_task(project, "ranking", k=2)
    page = start(open_page, ada)

    press(page, code, key, shiftKey=shift)

    expect(page.get_by_role("dialog")).to_have_count(int(opens))
    assert place_of(page, "A") == place_of(page, "B") == ""


@pytest.mark.parametrize("composing", [True, False])
def test_no_key_acts_while_an_input_method_composes(
    project: Project, ada: User, open_page: OpenPage, composing: bool
) -> None:
    """Chromium says `isComposing`; Safari ends the composition first, and then says 229 alone."""
    make_task(project, "ranking", texts=["x", "y"])
    page = start(open_page, ada)
    for key in "12w":
        page.keyboard.press(key)
    own = page.locator("#own-text")
    expect(own).to_be_focused()
    send = """([name, detail]) => document.activeElement.dispatchEvent(
        new (name.startsWith("key") ? KeyboardEvent : CompositionEvent)(
            name, { bubbles: true, cancelable: true, ...detail }))"""

    for key in ("Enter", "Escape", "n", "1", "s", "?", "u"):
        down = {"key": key, "code": "", "keyCode": 229, "isComposing": composing}
        keys = [["keydown", down], ["keydown", down | {"ctrlKey": True}]]
        end = ["compositionend", {"data": "你"}]
        events = [["compositionstart", {}], *([*keys, end] if composing else [end, *keys])]
        for event in events:
            page.evaluate(send, event)

    expect(own).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert Annotation.objects.count() == 0
    expect(page.locator("[data-role=problem]")).to_be_empty()
    assert (place_of(page, "A"), place_of(page, "B")) == ("1", "2")


def test_the_board_is_worked_by_a_cyrillic_keyboard_and_by_caps_lock(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", texts=["x", "y", "z"])
    page = start(open_page, ada)

    press(page, "KeyA", "ф")
    press(page, "KeyP", "з")
    press(page, "KeyB", "И")  # Caps Lock
    press(page, "KeyP", "P")
    expect(page.locator(".text-column[data-pair]")).to_have_count(2)
    press(page, "KeyT", "е")
    expect(page.locator(".text-column[data-differing]")).to_have_count(2)
    press(page, "KeyU", "г")
    expect(page.locator(".text-column[data-pair]")).to_have_count(0)
    press(page, "KeyW", "ц")
    expect(page.locator("#own-text")).to_be_focused()


@pytest.mark.parametrize("kind", ["demonstration", "correction"])
def test_escape_leaves_the_text_and_keys_say_so(
    project: Project, ada: User, open_page: OpenPage, kind: str
) -> None:
    make_task(project, kind)
    page = start(open_page, ada)
    editor, button = page.locator("[data-form] textarea"), page.get_by_role("button", name="Skip")
    hint = page.locator(".work-foot .typing")
    boxes = "() => [...document.querySelectorAll('.work *')].map(e => e.getBoundingClientRect().x)"
    expect(editor).to_be_focused()
    expect(button.locator("kbd")).to_be_hidden()
    expect(hint).to_be_visible()
    expect(page.locator("[data-role=goal]")).to_contain_text("Answers today")  # it comes later
    before, places = editor.input_value(), page.evaluate(boxes)

    page.keyboard.press("Escape")
    expect(button.locator("kbd")).to_be_visible()
    expect(hint).to_be_hidden()
    assert page.evaluate(boxes) == places  # or a click that ends in leaving the field would miss
    page.keyboard.press("g")
    expect(page.locator("#guidelines")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("s")

    expect(page.get_by_role("dialog")).to_contain_text("Why do you skip it?")
    assert editor.input_value() == before


def test_a_correction_begins_in_its_text(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "correction", texts=["Ten minutes."])
    page = start(open_page, ada)

    page.keyboard.type("About t")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")

    assert Annotation.objects.get().body["text"] == "About ten minutes."


@pytest.mark.parametrize("kind", kinds())
def test_the_list_of_keys_has_each_once(
    project: Project, ada: User, open_page: OpenPage, kind: str
) -> None:
    make_task(project, kind, k=9)
    page = start(open_page, ada)
    rows = page.locator("dialog .keys > div")
    parts: list[list[tuple[str, str]]] = [[]]  # of a page of several steps, each has its keys
    for row in rows.all():
        if "of-step" in (row.get_attribute("class") or ""):
            parts.append([])
        else:
            parts[-1].append((row.locator("dt").inner_text(), row.locator("dd").inner_text()))
    keys = [key for part in parts for key, _means in part]

    for part in parts:
        assert len({key for key, _means in part}) == len(part)
        assert len({means for _key, means in part}) == len(part)
    assert [key for key in keys if "…" in key and "I" in key] == []  # A to I would hold G


@pytest.mark.parametrize("guidelines", [False, True])
def test_four_texts_are_in_sight_on_a_narrow_window(
    project: Project, ada: User, open_page: OpenPage, guidelines: bool
) -> None:
    make_task(project, "ranking", k=4)
    page = start(open_page, ada, viewport={"width": 1280 if guidelines else 900, "height": 800})
    if guidelines:
        page.keyboard.press("g")

    for column in page.locator(".text-column").all():
        expect(column).to_be_in_viewport(ratio=1)
    box = page.locator(".texts")
    assert box.evaluate("element => element.scrollWidth - element.clientWidth") == 0


def test_the_list_of_keys_opens_at_its_beginning(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking")
    page = start(open_page, ada, viewport={"width": 1280, "height": 600})

    page.keyboard.press("?")

    expect(page.locator("#help-title")).to_be_focused()
    expect(page.locator("#help-title")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Single-key shortcuts are on")).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Single-key shortcuts are on")).to_be_focused()


def test_keys_that_are_switched_off_are_not_shown(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking")
    page = start(open_page, ada)
    submit = page.get_by_role("button", name="Submit").locator("kbd")
    shown = "element => getComputedStyle(element, '::before').content + element.textContent"
    hints = page.locator(".work > :not(dialog) .button kbd:visible")
    assert hints.all_text_contents() == ["G", "R", "?", "U", "⇧L", "W", "F", "S", "⏎"]

    page.keyboard.press("?")
    page.get_by_role("button", name="Single-key shortcuts are on").click()
    page.keyboard.press("Escape")

    assert hints.all_text_contents() == ["⏎"]
    assert submit.evaluate(shown) == '"Ctrl "⏎'
    page.reload()
    expect(page.get_by_role("button", name="Skip").locator("kbd")).to_be_hidden()


@pytest.mark.parametrize(("width", "k"), [(900, 4), (1280, 9)])
def test_all_tiers_are_in_sight_beside_the_guidelines(
    project: Project, ada: User, open_page: OpenPage, width: int, k: int
) -> None:
    make_task(project, "ranking", k=k)
    page = start(open_page, ada, viewport={"width": width, "height": 800})
    page.keyboard.press("Shift+G")

    for part in page.locator(".tiers > *").all():
        expect(part).to_be_in_viewport(ratio=1)
