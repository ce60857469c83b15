"""The goal on the page of tasks: asked once, counted there, read aloud when it is reached."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Project
from tests.factories import make_annotation, make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def answer(page: Page) -> None:
    """Rank two texts and wait for the next task."""
    before = page.url
    for key in ("1", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_selector("[data-ready]")


def test_it_counts_up_without_asking_again(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    Project.objects.filter(pk=project.pk).update(goal=3)
    make_annotation(make_task(project), annotator=ada)
    for _ in range(4):
        make_task(project, "ranking", texts=["One.", "Two."])
    page = open_page(ada, "/projects/kitchen/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url + "label/")
    line = page.locator("[data-role=goal]")

    expect(line).to_have_text("Today: 1 of 3 answers.")
    answer(page)
    expect(line).to_have_text("Today: 2 of 3 answers.")
    expect(line).to_have_attribute("aria-live", "off")
    answer(page)
    expect(line).to_have_text("Today: 3 of 3 answers. Goal reached.")
    expect(line).to_have_attribute("aria-live", "polite")
    answer(page)
    expect(line).to_have_text("Today: 4 of 3 answers. Goal reached.")
    assert len([url for url in asked if url.endswith("/goal/")]) == 1


def test_without_a_goal_the_day_s_answers_and_minutes_are_counted(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_annotation(make_task(project), annotator=ada, active_seconds=150)
    for _ in range(2):
        make_task(project, "ranking", texts=["One.", "Two."])
    page = start(open_page, ada)
    line = page.locator("[data-role=goal]")

    expect(line).to_have_text("Answers today: 1, 2 min.")
    answer(page)
    expect(line).to_have_text("Answers today: 2, 2 min.")


def test_one_chooses_it_by_keyboard(project: Project, ada: User, open_page: OpenPage) -> None:
    page = open_page(ada, "/projects/kitchen/figures/")
    page.get_by_text("Choose another goal").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Answers", exact=True).fill("12")
    page.get_by_label("The goal is for").select_option("week")
    page.get_by_label("The goal is for").press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("This week: 0 of 12 answers.")


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_the_head_stays_one_line_whatever_it_comes_to_say(
    project: Project, ada: User, open_page: OpenPage, language: str
) -> None:
    """A head that grows moves the texts from under the pointer of who is just marking them."""
    Project.objects.filter(pk=project.pk).update(goal=50)
    make_task(project, "critique", texts=["One."])
    window = {"width": 1280, "height": 800}
    page = start(open_page, ada, viewport=window, locale=language)
    expect(page.locator("[data-role=goal]")).not_to_be_empty()
    line = page.locator(".work-status")
    form = page.locator("[data-form]")
    before = form.bounding_box()

    for role in ("goal", "lease", "active"):
        place, box = page.locator(f"[data-role={role}]").bounding_box(), line.bounding_box()
        assert place
        assert box
        assert place["y"] + place["height"] <= box["y"] + box["height"] + 1
    page.evaluate(
        "document.querySelector('[data-role=saved]').textContent = 'Kept here. '.repeat(9)"
    )

    assert form.bounding_box() == before
