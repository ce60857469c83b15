"""Errors marked in the browser: stored are places of the raw text, whatever the page shows."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Assignment, Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# An emoji of two UTF-16 units, one of several code points, a hidden character, Windows' line ends.
TEXT = (
    "Boil the 🥚 for six hours 👩‍👩‍👧.\r\n然后把鸡蛋吃掉！\r\n\r\n"
    "So\u202ewrong is <b>this</b> text. It ends."
)
PART = """([box, quote]) => {
  const walker = document.createTreeWalker(document.querySelector(box), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(quote);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + quote.length);
    const box = range.getBoundingClientRect();
    return [box.left, box.top + box.height / 2, box.right];
  }
}"""


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def drag(page: Page, quote: str) -> None:
    """Select `quote` with the mouse."""
    left, middle, right = page.evaluate(PART, [".marking", quote])
    page.mouse.move(left + 0.5, middle)
    page.mouse.down()
    page.mouse.move(right - 0.5, middle, steps=4)
    page.mouse.up()


def submitted(page: Page) -> list[tuple[str, str, str, str]]:
    """The errors of the answer, by the words of the stored text at their places."""
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")
    given = Annotation.objects.get()
    text = given.task.completions.get().text
    return [
        (text[e["start"] : e["end"]], e["type"], e["severity"], e["note"])
        for e in given.body["errors"]
    ]


def test_without_a_mouse(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "critique", texts=[TEXT])
    page = start(open_page, ada)

    press(page, "ArrowRight ArrowRight ArrowRight 1 X")  # for
    press(page, "Shift+ArrowRight")  # nothing is selected: the next word
    press(page, "Shift+ArrowRight Z 6")  # six hours, the severity first
    press(page, "ArrowDown 4 C o")  # the next sentence
    page.keyboard.type("zuerst 1?")
    press(page, "Escape Shift+n Shift+n a ArrowLeft Shift+ArrowLeft Shift+ArrowLeft 7 Z")  # " 🥚 "
    press(page, "t")
    page.keyboard.type("Nonsense.")
    press(page, "Escape")

    assert submitted(page) == [
        ("for", "accuracy", "major", ""),
        ("six hours", "fluency", "minor", ""),
        ("然后把鸡蛋吃掉！", "instruction", "critical", "zuerst 1?"),
        ("🥚", "style", "minor", ""),
    ]
    assert Annotation.objects.get().body["text"] == "Nonsense."


def test_with_a_mouse_and_whatever_the_page_shows(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "critique", texts=[TEXT])
    page = start(open_page, ada)
    expect(page.locator(".marking .hidden-character")).to_have_text("U+202E")

    types = page.get_by_role("group", name="Type of the error")
    severities = page.get_by_role("group", name="Severity")
    marked = ("hours", "Wrong fact"), ("鸡蛋", "Wrong term"), ("wrong is <b>", "Formatting")
    for quote, name in marked:
        drag(page, quote)
        types.get_by_role("button", name=name).click()
        severities.get_by_role("button", name="Major").click()
    left, middle, _right = page.evaluate(PART, [".marking", "ends"])
    page.mouse.dblclick(left + 3, middle)
    press(page, "3 Z")

    assert submitted(page) == [
        ("hours", "accuracy", "major", ""),
        ("鸡蛋", "terminology", "major", ""),
        ("wrong is <b>", "formatting", "major", ""),
        ("ends", "addition", "minor", ""),
    ]


def test_overlaps_are_told_apart_and_changed(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "critique", texts=["One two three four."])
    page = start(open_page, ada)
    press(page, "ArrowRight Shift+ArrowRight Shift+ArrowRight 1 Z")  # One two three
    press(page, "Escape ArrowRight ArrowRight Shift+ArrowRight 2 X")  # two three

    marks = page.locator(".marking mark")
    expect(marks).to_have_text(["One ", "two three"])
    assert [mark.get_attribute("data-grade") for mark in marks.all()] == ["1", "2"]
    expect(marks.nth(1)).to_have_attribute("data-ends", "1 2")
    expect(page.locator("[data-role=score]")).to_have_text("Errors: 2, score: 6")
    press(page, "n C")  # round to the first
    expect(page.locator("[data-role=score]")).to_have_text("Errors: 2, score: 30")
    marks.nth(1).click()  # the shorter one of both
    press(page, "Delete")

    assert submitted(page) == [("One two three", "accuracy", "critical", "")]


def test_what_is_half_said_or_not_said_is_asked_for(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "critique", texts=["One two three."])
    page = start(open_page, ada)
    problem = page.locator("[data-role=problem]")

    press(page, "1")
    expect(page.locator("[data-role=picked]")).to_have_text("Select a part of the text first.")
    press(page, "Control+Enter")
    expect(problem).to_contain_text("submit again to say that there is no error")
    press(page, "ArrowRight 1 Control+Enter")
    expect(problem).to_contain_text("lacks a type or a severity")
    assert Annotation.objects.count() == 0
    press(page, "Escape")
    assert submitted(page) == []


def test_a_draft_survives(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "critique", texts=[TEXT])
    page = start(open_page, ada)
    press(page, "ArrowDown ArrowDown 5 X t")
    page.keyboard.type("Hm.")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    stored = Assignment.objects.get().draft

    page.reload()
    page.wait_for_selector("[data-ready]")

    expect(page.locator(".marking mark")).to_have_text("然后把鸡蛋吃掉！")
    assert page.get_by_label("The whole text").input_value() == "Hm."
    assert Assignment.objects.get().draft == stored
    assert submitted(page) == [("然后把鸡蛋吃掉！", "reasoning", "major", "")]
    page.goto("/projects/kitchen/history/")
    page.get_by_role("table").get_by_role("link").click()
    expect(page.locator(".marking mark")).to_have_text("然后把鸡蛋吃掉！")
    expect(page.locator(".error-list")).to_contain_text("Wrong reasoning · Major")


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (900, "zh-CN"), (360, "zh-CN")])
def test_it_fits_the_window(
    project: Project, ada: User, open_page: OpenPage, width: int, language: str
) -> None:
    make_task(project, "critique", texts=["Stir it.\n\n" * 200])
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "locale": language}

    page = start(open_page, ada, **options)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    last = page.locator("[data-severity]").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport(ratio=1)
    expect(last).to_contain_text("Critical" if language == "en-GB" else "致命")
