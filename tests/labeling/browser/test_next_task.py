"""The next task comes into the page that is there."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Assignment, Project
from labeling.projects import change_settings
from tests.factories import make_task
from tests.labeling.browser import opening
from tests.labeling.browser.opening import OpenPage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def start(open_page: OpenPage, user: User, **options: object) -> Page:
    """The page of the first task, marked: a page that is loaded anew is not."""
    page = opening.start(open_page, user, **options)
    page.evaluate("window.marked = true")
    return page


def press(page: Page, *keys: str) -> None:
    """Press the keys and wait for another task."""
    before = page.url
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_selector("[data-ready]")


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.marked === true"))


def test_an_answer_brings_the_next_task_into_the_page(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    texts = ["One.", "Two."], ["Three.", "Four."], ["Five.", "Six."]
    for pair in texts:
        make_task(project, "ranking", texts=pair)
    page = start(open_page, ada)
    first = page.url

    press(page, "1", "2", "Enter")

    assert is_marked(page)
    now = Assignment.objects.get(state="active")
    assert page.url.endswith(f"/assignments/{now.pk}/")
    assert sorted(page.locator(".text-column .rendered").all_inner_texts()) == ["Four.", "Three."]
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("[data-role=arrived]")).to_have_text("Done. The next task is here.")
    expect(page.locator('.slot[data-tier="1"]')).to_have_text("")
    page.keyboard.press("1")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator('.text-column[data-letter="A"]')).to_have_attribute("data-placed", "1")
    assert Assignment.objects.get(state="active") == now

    page.go_back()

    page.wait_for_url("**/history/")
    assert first != page.url
    expect(page.get_by_text("You have already submitted this task.")).to_be_visible()
    page.go_forward()
    page.wait_for_url(f"**/assignments/{now.pk}/")


def test_what_is_typed_stays_when_one_goes_back_and_comes_again(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(2):
        make_task(project)
    page = start(open_page, ada)
    page.keyboard.type("Six minutes.")
    press(page, "Control+Enter")
    expect(page.get_by_label("Your answer")).to_be_focused()
    second = page.url
    page.keyboard.type("Half a thought")

    page.go_back()
    page.wait_for_url("**/history/")
    page.goto(second)

    expect(page.get_by_label("Your answer")).to_have_value("Half a thought")


def test_many_tasks_leave_nothing_behind(project: Project, ada: User, open_page: OpenPage) -> None:
    for _ in range(16):
        make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def alive() -> dict[str, float]:
        devtools.send("HeapProfiler.collectGarbage")
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        kept = {"JSEventListeners", "Nodes"}
        return {m["name"]: m["value"] for m in metrics if m["name"] in kept}

    for _ in range(3):
        press(page, "1", "2", "Enter")
    before = alive()
    for _ in range(10):
        press(page, "1", "2", "Enter")
    after = alive()

    assert is_marked(page)
    assert page.evaluate("localStorage.length") == 0
    assert Annotation.objects.count() == 13
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    assert after["Nodes"] <= before["Nodes"] + 100  # a task has several hundred


def test_a_skip_brings_the_next_task_into_the_page(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(3):
        make_task(project)
    page = start(open_page, ada)
    page.get_by_label("Your answer").fill("Not for me")
    page.locator("[data-do=skip]").click()

    press(page, "2", "Enter")

    assert is_marked(page)
    skipped, now = Assignment.objects.order_by("pk")
    assert (skipped.skip_reason, now.state) == ("wrong_language", "active")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.get_by_label("Your answer")).to_have_value("")
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.locator("[data-do=skip]").click()
    expect(page.locator(".reasons :checked")).to_have_count(0)
    press(page, "1", "Enter")
    assert Assignment.objects.filter(state="skipped").count() == 2


def test_a_skip_that_gets_no_answer_says_so_and_loses_nothing(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page = start(open_page, ada)
    page.get_by_label("Your answer").fill("Half a thought")
    page.route("**/skip/", lambda route: route.abort(), times=1)
    page.locator("[data-do=skip]").click()
    for key in ("2", "Enter"):
        page.keyboard.press(key)

    expect(page.locator("[data-role=skip-problem]")).to_contain_text("Nothing is lost")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Your answer")).to_have_value("Half a thought")
    page.locator("[data-do=skip]").click()
    for key in ("2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/label/")
    assert Assignment.objects.get().skip_reason == "wrong_language"


def test_another_kind_and_other_guidelines_come_as_a_page(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project)
    for _ in range(2):
        make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    page.keyboard.type("Six minutes.")

    press(page, "Control+Enter")

    assert not is_marked(page)
    expect(page.locator("h1")).to_have_text("Rank the completions")
    page.evaluate("window.marked = true")
    change_settings(project=project, by=ada, guidelines="Be kind.")
    press(page, "1", "2", "Enter")
    assert not is_marked(page)
    page.keyboard.press("g")
    expect(page.locator("#guidelines")).to_contain_text("Be kind.")
