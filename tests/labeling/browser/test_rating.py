"""Ratings in the browser: six criteria in seven keys, and no number that nobody gave."""

import os

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling import kind_settings
from labeling.kinds.rating.settings import Criterion, RatingSettings, helpful
from labeling.models import Annotation, Project, Role
from tests.factories import make_member, make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def shot(page: Page, name: str) -> None:
    """For whoever wants to look: SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def ask(project: Project, ada: User, *criteria: Criterion) -> None:
    kind_settings.change(
        project=project,
        kind="rating",
        content=RatingSettings(criteria=list(criteria)).model_dump(mode="json"),
        number=1,
        by=ada,
        open_tasks=False,
    )


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def given() -> list[list[tuple[str, dict[str, int], list[str]]]]:
    """Of each answer the texts as they were shown, with numbers and flags."""
    found = []
    for answer in Annotation.objects.order_by("pk"):
        texts = {c.pk: c.text for c in answer.task.completions.all()}
        of = {one["completion"]: one for one in answer.body["ratings"]}
        rows = [(texts[pk], of[pk]["scales"], of[pk]["flags"]) for pk in answer.shown_order]
        found.append(rows)
    return found


def test_six_criteria_take_seven_keys(project: Project, ada: User, open_page: OpenPage) -> None:
    names = ["clear", "true", "brief", "warm", "safe", "whole"]
    ask(project, ada, *(Criterion(label=n.title(), form="scale", name=n) for n in names))
    make_task(project, "rating", texts=["Six minutes."])
    page = start(open_page, ada)

    pressed = [*"1234567"][:6]
    keys(page, *pressed, "Enter")
    page.wait_for_url("**/label/**")

    scales = dict(zip(names, range(1, 7), strict=True))
    assert given() == [[("Six minutes.", scales, [])]]


def test_the_last_number_on_the_page_is_taken_back_after_a_reload(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    """The database keeps the names of scales in an order of its own."""
    names = ["clear", "true", "brief", "warm"]
    ask(project, ada, *(Criterion(label=n.title(), form="scale", name=n) for n in names))
    make_task(project, "rating", texts=["Six minutes."])
    page = start(open_page, ada)
    keys(page, "1", "2", "3")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    page.reload()
    page.wait_for_selector("[data-ready]")

    keys(page, "Backspace")

    expect(page.locator("[data-next] .asked")).to_have_text("Brief")


def test_what_a_flag_means_is_read_without_a_mouse(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "rating", texts=["x", "y"])
    page = start(open_page, ada)
    means = "Says what the prompt or the world does not."

    flag = page.get_by_role("button", name="Hallucination")
    expect(flag).to_have_accessible_description(means)
    expect(page.get_by_text(means).first).to_be_visible()


def test_texts_are_rated_one_after_the_other(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "rating", texts=["x", "y", "z"])
    page = start(open_page, ada)
    problem = page.locator("[data-role=problem]")

    keys(page, "Enter")  # nothing is given: no number is there by itself
    expect(problem).to_have_text("Text A: “Overall quality” has no number yet.")
    keys(page, "Enter")
    assert Annotation.objects.count() == 0

    keys(page, "h", "6", "Enter", "3", "Backspace", "2", "ArrowLeft", "p", "h", "n", "ArrowRight")
    keys(page, "Enter", "7", "Enter")
    page.wait_for_url("**/label/**")
    numbers = [(scales["overall"], flags) for _text, scales, flags in given()[0]]
    assert numbers == [(6, ["opinion", "inappropriate"]), (2, []), (7, [])]


def test_a_draft_survives_and_the_same_text_is_asked_once(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "rating", texts=["x", "x"])
    page = start(open_page, ada)
    expect(page.locator(".one-text")).to_have_count(1)
    expect(page.locator(".text-tabs")).to_be_hidden()

    keys(page, "5", "e")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved")
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator('[data-value][aria-pressed="true"]')).to_have_text("5")
    keys(page, "Enter")
    page.wait_for_url("**/label/**")

    (rows,) = given()
    assert rows == [("x", {"overall": 5}, ["sexual_content"])] * 2


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (900, "en-GB"), (360, "zh-CN")])
def test_it_fits_the_window_and_works_by_touch(
    project: Project, ada: User, open_page: OpenPage, width: int, language: str
) -> None:
    texts = ["Boil it for **six** minutes.\n\n" * 40, "An hour.", "No.", "Ask a hen."]
    make_task(project, "rating", texts=texts)
    options = {"viewport": {"width": width, "height": 760}, "locale": language}
    page = start(open_page, ada, **options)

    keys(page, "h")
    shot(page, f"rating-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place in range(4):
        page.locator("[data-go]").nth(place).click()
        page.locator('.one-text:not([hidden]) [data-value="4"]').click()
    page.locator("[data-do=submit]").click()
    page.wait_for_url("**/label/**")
    assert [scales for _text, scales, _flags in given()[0]] == [{"overall": 4}] * 4


def test_a_dark_page_of_four_scales(project: Project, ada: User, open_page: OpenPage) -> None:
    ask(project, ada, *helpful().criteria)
    make_task(project, "rating", texts=["Six minutes.", "An hour."])
    page = start(open_page, ada, color_scheme="dark", viewport={"width": 1280, "height": 760})

    keys(page, "7", "5", "6")
    expect(page.locator(".one-text:not([hidden]) [data-next] .asked")).to_contain_text("Harmless")
    shot(page, "rating-dark")
    keys(page, "1")  # the last scale, and there are no flags: on to the next text
    expect(page.get_by_role("group", name="Text B", exact=True)).to_be_focused()


def test_a_manager_sees_changed_criteria_on_the_page(project: Project, open_page: OpenPage) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    path = "/projects/kitchen/task-pages/?kind=rating"
    page = open_page(mona, path, viewport={"width": 1280, "height": 800})
    frame = page.frame_locator("iframe")
    frame.locator("[data-ready]").wait_for()

    with page.expect_response(lambda answer: "/try/" in answer.url):
        page.locator("#set-criteria-0-label").fill("How good it is")
    expect(frame.locator(".one-text:not([hidden]) .asked").first).to_contain_text("How good it is")
    shot(page, "rating-editor")
    page.get_by_role("button", name="Overall, helpful, honest, harmless").click()
    expect(page.locator(".setting-row")).to_have_count(4)
    expect(frame.locator(".one-text:not([hidden]) .question")).to_have_count(4)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main > .message")).to_contain_text("Version 2 is in force.")
