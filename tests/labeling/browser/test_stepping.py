"""Steps labeled in the browser: one key each."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Assignment, KindSettings, Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TEXT = "First 🥚 step.\n\n第二步。\n\n```\nx\n\ny\n```\n\nThe last."


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def labels() -> list[int | None]:
    return [step["label"] for step in Annotation.objects.get().body["steps"]]


def test_one_key_labels_a_step_and_goes_on(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "stepwise", texts=[TEXT])
    page = start(open_page, ada)

    press(page, "+ - 0 Enter")
    expect(page.locator("[data-role=problem]")).to_have_text("This step has no label yet.")
    expect(page.locator("[data-role=progress]")).to_have_text("3 of 4 steps labeled")
    expect(page.locator('[aria-current="step"] .rendered')).to_contain_text("The last.")
    press(page, "1 ArrowUp 3 ArrowUp ArrowUp Backspace 2 Enter")
    page.wait_for_url("**/label/")

    given = Annotation.objects.get()
    steps = given.body["steps"]
    text = given.task.completions.get().text
    assert [step["label"] for step in steps] == [1, 0, -1, 1]
    assert "".join(text[step["start"] : step["end"]] for step in steps) == text


def test_five_keys_for_four_steps(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "stepwise", texts=[TEXT])
    page = start(open_page, ada)

    press(page, "1 2 = - Enter")
    page.wait_for_url("**/label/")

    assert labels() == [1, 0, 1, -1]


def test_a_step_is_rewritten_and_a_draft_survives(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "stepwise", texts=[TEXT])
    page = start(open_page, ada)

    press(page, "+ - ArrowUp e End")
    page.keyboard.type("或1")
    press(page, "Escape ArrowDown e Escape")  # opened, and left as it was
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    page.reload()
    page.wait_for_selector("[data-ready]")
    assert page.get_by_label("Step 2 as it should be").input_value() == "第二步。或1"
    expect(page.locator('[aria-current="step"] .number')).to_have_text("3")
    press(page, "+ + Enter")
    page.wait_for_url("**/label/")

    assert labels() == [1, -1, 1, 1]
    rewrites = [step["rewrite"] for step in Annotation.objects.get().body["steps"]]
    assert rewrites == [None, "第二步。或1", None, None]
    page.goto("/projects/kitchen/history/")
    page.get_by_role("table").get_by_role("link").click()
    expect(page.locator(".step .label")).to_have_text(["+ Right", "− Wrong", "+ Right", "+ Right"])
    expect(page.locator(".step").nth(1)).to_contain_text("第二步。或1")


def test_what_was_rewritten_is_never_lost(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "stepwise", texts=["One.\n\nTwo."])
    page = start(open_page, ada)
    editor = page.get_by_label("Step 1 as it should be")
    rewrite = page.get_by_role("button", name="Rewrite").first

    press(page, "e End")
    page.keyboard.type(" More")
    press(page, "Escape e")
    page.keyboard.type(" and more.")
    expect(editor).to_have_value("One. More and more.")
    press(page, "Escape Shift+E")
    expect(editor).to_be_hidden()
    expect(page.locator(".step").first).to_be_focused()
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(editor).to_be_hidden()
    rewrite.click()
    expect(editor).to_have_value("One. More and more.")
    rewrite.click()
    expect(editor).to_be_focused()
    page.get_by_role("button", name="Discard").click()
    press(page, "+ + Enter")
    page.wait_for_url("**/label/")

    assert [step["rewrite"] for step in Annotation.objects.get().body["steps"]] == [None, None]


def test_an_empty_rewriting_is_not_sent(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "stepwise", texts=[TEXT])
    page = start(open_page, ada)

    press(page, "+ + + + e Control+a Delete Control+Enter")
    expect(page.locator("[data-role=problem]")).to_contain_text("The rewritten step is empty.")
    press(page, "Escape Shift+E Enter")
    page.wait_for_url("**/label/")

    assert [step["rewrite"] for step in Annotation.objects.get().body["steps"]] == [None] * 4


def test_with_a_mouse(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "stepwise", texts=[TEXT])
    page = start(open_page, ada)

    for number, word in ((4, "Right"), (1, "Wrong"), (2, "Neutral"), (3, "Right")):
        group = page.get_by_role("group", name=f"Step {number}")
        group.get_by_role("button", name=word).click()
    page.keyboard.press("Enter")
    page.wait_for_url("**/label/")

    assert labels() == [-1, 0, 1, 1]


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (900, "zh-CN"), (360, "zh-CN")])
def test_it_fits_the_window(
    project: Project, ada: User, open_page: OpenPage, width: int, language: str
) -> None:
    make_task(project, "stepwise", texts=["Stir it well.\n\n" * 100])
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "locale": language}

    page = start(open_page, ada, **options)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    press(page, "+ " * 60)

    expect(page.locator('[aria-current="step"]')).to_be_in_viewport()
    words = {"en-GB": "60 of 100 steps labeled", "zh-CN": "已标注 60 / 100 步"}
    expect(page.locator("[data-role=progress]")).to_have_text(words[language])
    assert Assignment.objects.get().state == "active"


def test_it_may_end_at_the_first_wrong_step(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    content = {"until": "first_error", "may_rewrite": False}
    KindSettings.objects.create(project=project, kind="stepwise", number=1, content=content)
    make_task(project, "stepwise", texts=[TEXT])
    page = start(open_page, ada)
    over = "The first wrong step is found: the rest is not asked."

    press(page, "+ + + - ArrowUp ArrowUp -")
    expect(page.locator("[data-role=progress]")).to_have_text(f"2 of 2 steps labeled · {over}")
    expect(page.locator(".labels:visible")).to_have_count(2)
    press(page, "ArrowDown + e Enter")  # what is not asked takes no label
    page.wait_for_url("**/label/")

    assert labels() == [1, -1, None, None]
