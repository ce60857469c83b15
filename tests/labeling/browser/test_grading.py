"""Gradings in the browser: one key for each item, no mouse, nothing answered by itself."""

import os

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Project, Prompt, Role
from tests.factories import RUBRIC, make_member, make_prompt, make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def shot(page: Page, name: str) -> None:
    """For whoever wants to look: SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def given() -> list[tuple[str, list[bool]]]:
    """The texts of the only answer as they were shown, with the items that each meets."""
    answer = Annotation.objects.get()
    texts = {c.pk: c.text for c in answer.task.completions.all()}
    of = {one["completion"]: one["met"] for one in answer.body["texts"]}
    return [(texts[pk], of[pk]) for pk in answer.shown_order]


def test_a_key_for_each_item_and_enter(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "grading", texts=["x", "y"])
    page = start(open_page, ada)
    problem = page.locator("[data-role=problem]")

    keys(page, "1", "3", "Enter")  # there are two answers
    expect(problem).to_have_text("Text A: “Is short” has no answer yet.")
    assert Annotation.objects.count() == 0
    keys(page, "2", "1", "Backspace", "2")
    expect(page.get_by_role("group", name="Text B", exact=True)).to_be_focused()
    keys(page, *"212", "Enter")
    page.wait_for_url("**/label/**")

    assert [met for _text, met in given()] == [[True, False, False], [False, True, False]]


def test_a_draft_with_half_of_the_answers_survives(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "grading", texts=["x", "x"])
    page = start(open_page, ada)
    expect(page.locator(".one-text")).to_have_count(1)

    keys(page, "1", "2")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved")
    page.reload()
    page.wait_for_selector("[data-ready]")
    pressed = page.locator('[data-value][aria-pressed="true"]')
    expect(pressed).to_have_count(2)
    expect(pressed.last).to_contain_text("Not met")
    keys(page, "1", "Enter")
    page.wait_for_url("**/label/**")
    assert given() == [("x", [True, False, True])] * 2


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (900, "en-GB"), (360, "zh-CN")])
def test_it_fits_the_window_and_works_by_touch(
    project: Project, ada: User, open_page: OpenPage, width: int, language: str
) -> None:
    items = [*RUBRIC, {"text": "Names\n" + "averyverylong" * 20, "points": 2}]
    prompt = make_prompt(project, rubric=items)
    make_task(project, "grading", prompt=prompt, texts=["Boil it **well**.\n\n" * 40, "An hour."])
    options = {"viewport": {"width": width, "height": 760}, "locale": language}
    page = start(open_page, ada, **options)

    keys(page, "2", "1")
    shot(page, f"grading-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place in range(2):
        page.locator("[data-go]").nth(place).click()
        for button in page.locator('.one-text:not([hidden]) [data-value="yes"]').all():
            button.click()
    page.locator("[data-do=submit]").click()
    page.wait_for_url("**/label/**")
    assert [met for _text, met in given()] == [[True] * 4] * 2


def test_the_answer_afterwards(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "grading", texts=["Six minutes.", "An hour!"])
    page = start(open_page, ada, color_scheme="dark", viewport={"width": 1280, "height": 760})

    keys(page, *"112", *"121", "Enter")
    page.wait_for_url("**/label/**")
    answer = f"/projects/kitchen/history/{Annotation.objects.get().pk}/"
    page.goto(page.url.split("/projects/")[0] + answer)
    expect(page.locator(".judged")).to_have_count(2)
    expect(page.locator('.judged dd[data-said="against"]')).to_contain_text("Met (-6)")
    shot(page, "grading-answer")


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (360, "zh-CN")])
def test_a_manager_writes_a_rubric(
    project: Project, open_page: OpenPage, width: int, language: str
) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    prompt = make_prompt(project, rubric=RUBRIC)
    options = {"viewport": {"width": width, "height": 800}, "locale": language}
    page = open_page(mona, f"/projects/kitchen/prompts/{prompt.pk}/", **options)
    shot(page, f"rubric-{width}")
    page.locator(f'a[href$="/prompts/{prompt.pk}/rubric/"]').click()

    page.locator('[name="act"][value="add.items"]').click()
    expect(page.locator("#set-items-3-text")).to_be_visible()
    page.locator("#set-items-3-text").fill("Wishes a good meal")
    page.locator("#set-items-3-points").fill("1")
    shot(page, f"rubric-editor-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator('[name="act"][value="save"]').click()
    expect(page.locator(".rubric li")).to_have_count(4)
    assert Prompt.objects.get().rubric[3] == {"text": "Wishes a good meal", "points": 1}


def test_a_manager_tries_the_page_with_a_sample(project: Project, open_page: OpenPage) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    page = open_page(mona, "/projects/kitchen/task-pages/?kind=grading")
    frame = page.frame_locator("iframe")
    frame.locator("[data-ready]").wait_for()

    expect(frame.locator(".one-text:not([hidden]) .question")).to_have_count(3)
