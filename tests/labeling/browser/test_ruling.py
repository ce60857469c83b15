"""Rule questions in the browser: one key for each answer, no mouse, nothing answered by itself."""

import os

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling import kind_settings
from labeling.kinds.rules.settings import Rule, RulesSettings
from labeling.models import Annotation, Project, Role
from tests.factories import make_member, make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def shot(page: Page, name: str) -> None:
    """For whoever wants to look: SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def two_rules(project: Project, by: User) -> None:
    """The project has two rules of its own."""
    rules = [Rule(text="Threatens nobody.", name="threats"), Rule(text="Is kind.", name="kind")]
    kind_settings.change(
        project=project,
        kind="rules",
        content=RulesSettings(rules=rules).model_dump(mode="json"),
        number=1,
        by=by,
        open_tasks=False,
    )


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def given() -> list[tuple[str, list[str]]]:
    """The texts of the only answer as they were shown, with the answers in the rules' order."""
    answer = Annotation.objects.get()
    texts = {c.pk: c.text for c in answer.task.completions.all()}
    names = [rule["name"] for rule in answer.task.settings.content["rules"]]
    of = {one["completion"]: one["answers"] for one in answer.body["texts"]}
    return [(texts[pk], [of[pk][name] for name in names]) for pk in answer.shown_order]


def test_twelve_rules_take_a_key_each_and_enter(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "rules", texts=["Six minutes."])
    page = start(open_page, ada)

    keys(page, *"112111113111", "Enter")
    page.wait_for_url("**/label/**")

    words = {"1": "followed", "2": "broken", "3": "unsure"}
    assert given() == [("Six minutes.", [words[digit] for digit in "112111113111"])]


def test_texts_are_judged_one_after_the_other(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    two_rules(project, ada)
    make_task(project, "rules", texts=["x", "y"])
    page = start(open_page, ada)
    problem = page.locator("[data-role=problem]")

    keys(page, "Enter")  # nothing is given: no answer is there by itself
    expect(problem).to_have_text("Text A: “Threatens nobody.” has no answer yet.")
    keys(page, "1", "4", "7", "Enter")  # there are three answers
    expect(problem).to_have_text("Text A: “Is kind.” has no answer yet.")
    assert Annotation.objects.count() == 0

    keys(page, "2", "Backspace", "3")  # the last one led to the next text, and is taken back there
    expect(page.get_by_role("group", name="Text B", exact=True)).to_be_focused()
    expect(page.locator("[data-go]").first).to_have_text("A 2/2")
    keys(page, "2", "2")
    expect(page.locator("[data-go]").last).to_have_text("B 2/2 ✗2")
    keys(page, "ArrowLeft", "ArrowRight", "Enter")
    page.wait_for_url("**/label/**")
    assert [answers for _text, answers in given()] == [["followed", "unsure"], ["broken"] * 2]


def test_a_draft_survives_and_the_same_text_is_asked_once(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    two_rules(project, ada)
    make_task(project, "rules", texts=["x", "x"])
    page = start(open_page, ada)
    expect(page.locator(".one-text")).to_have_count(1)
    expect(page.locator(".text-tabs")).to_be_hidden()

    keys(page, "2")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved")
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator('[data-value][aria-pressed="true"]')).to_contain_text("Broken")
    keys(page, "1", "Enter")
    page.wait_for_url("**/label/**")
    assert given() == [("x", ["broken", "followed"])] * 2


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (900, "en-GB"), (360, "zh-CN")])
def test_it_fits_the_window_and_works_by_touch(
    project: Project, ada: User, open_page: OpenPage, width: int, language: str
) -> None:
    make_task(project, "rules", texts=["Boil it for **six** minutes.\n\n" * 40, "An hour."])
    options = {"viewport": {"width": width, "height": 760}, "locale": language}
    page = start(open_page, ada, **options)

    keys(page, "2", "3")
    shot(page, f"rules-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place in range(2):
        page.locator("[data-go]").nth(place).click()
        for button in page.locator('.one-text:not([hidden]) [data-value="followed"]').all():
            button.click()
    page.locator("[data-do=submit]").click()
    page.wait_for_url("**/label/**")
    assert [answers for _text, answers in given()] == [["followed"] * 12] * 2


def test_a_dark_page_and_the_answer_afterwards(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    two_rules(project, ada)
    make_task(project, "rules", texts=["Six minutes.", "Or else!"])
    page = start(open_page, ada, color_scheme="dark", viewport={"width": 1280, "height": 760})

    keys(page, "2", "1", "3", "1")
    shot(page, "rules-dark")
    keys(page, "Enter")
    page.wait_for_url("**/label/**")
    page.goto(page.url.split("/projects/")[0] + f"/projects/kitchen/history/{_answer()}/")
    expect(page.locator(".judged")).to_have_count(2)
    expect(page.locator('.judged dd[data-said="broken"]')).to_have_text("Broken")
    shot(page, "rules-answer")


def _answer() -> int:
    return Annotation.objects.get().pk


def test_a_manager_sees_changed_rules_on_the_page(project: Project, open_page: OpenPage) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    path = "/projects/kitchen/task-pages/?kind=rules"
    page = open_page(mona, path, viewport={"width": 1280, "height": 800})
    frame = page.frame_locator("iframe")
    frame.locator("[data-ready]").wait_for()

    with page.expect_response(lambda answer: "/try/" in answer.url):
        page.locator("#set-rules-0-text").fill("Says please.")
    expect(frame.locator(".one-text:not([hidden]) .asked").first).to_contain_text("Says please.")
    shot(page, "rules-editor")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main > .message")).to_contain_text("Version 2 is in force.")
