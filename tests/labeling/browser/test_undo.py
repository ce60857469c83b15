"""The last answers taken up again in the browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Session, User
from labeling.models import Annotation, Assignment, Project
from labeling.revising import close_corrections
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, sign_in_again, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def press(page: Page, *keys: str) -> None:
    """Press the keys and wait for another page or task."""
    before = page.url
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_selector("[data-ready]")


def test_one_key_brings_the_answer_back_and_the_begun_task_after_it(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(2):
        make_task(project)
    page = start(open_page, ada)
    expect(page.locator("[data-role=undo]")).to_be_hidden()
    page.keyboard.type("Six minutse.")
    press(page, "Control+Enter")
    page.keyboard.type("Half a thought")
    page.keyboard.press("Control+z")  # in a text it is the text's
    expect(page.get_by_label("Your answer")).not_to_have_value("Half a thought")
    page.get_by_label("Your answer").fill("Half a thought")

    press(page, "Escape", "Control+z")
    expect(page.get_by_label("Your answer")).to_have_value("Six minutse.")
    expect(page.get_by_text("The first one counts until you submit.")).to_be_visible()
    page.get_by_label("Your answer").fill("Six minutes.")
    press(page, "Control+Enter")

    expect(page.get_by_label("Your answer")).to_have_value("Half a thought")
    rows = Annotation.objects.order_by("pk").values_list("body__text", "standing")
    assert list(rows) == [("Six minutse.", "superseded"), ("Six minutes.", "counts")]


def test_several_one_after_the_other_also_over_pages_of_other_kinds(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "demonstration", priority=2)
    for _ in range(2):
        make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    page.keyboard.type("Six minutes.")
    press(page, "Control+Enter")
    press(page, "1", "2", "Enter")

    press(page, "u")
    expect(page.locator("h1")).to_have_text("Rank the completions")
    press(page, "u")

    expect(page.get_by_label("Your answer")).to_have_value("Six minutes.")
    states = Assignment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["revising", "submitted", "active"]
    expect(page.locator("[data-role=undo]")).to_be_hidden()


def test_u_is_the_forms_once_something_is_begun(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(2):
        make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    press(page, "1", "2", "Enter")
    second = page.url

    page.keyboard.press("1")
    page.keyboard.press("u")

    expect(page.locator(".text-column[data-placed]")).to_have_count(0)
    assert page.url == second


def test_whoever_is_signed_out_signs_in_and_takes_it_up(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("401")
    for _ in range(2):
        make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    press(page, "1", "2", "Enter")
    Session.objects.all().delete()

    page.keyboard.press("u")
    expect(page.locator("[data-role=banner]")).to_contain_text("You have been signed out.")
    sign_in_again(page, ada)
    expect(page.locator("[data-role=banner]")).to_be_hidden(timeout=30_000)
    press(page, "u")

    expect(page.locator(".text-column[data-placed]")).to_have_count(2)


def test_an_answer_that_training_has_begun_with_stays(
    project: Project, ada: User, open_page: OpenPage, watch
) -> None:
    watch.expected.append("409")
    for _ in range(2):
        make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    press(page, "1", "2", "Enter")
    close_corrections(project=project, round_number=1)

    page.keyboard.press("u")

    expect(page.locator("[data-role=problem]")).to_contain_text("Training has begun")
    expect(page.locator("[data-role=undo]")).to_be_hidden()
    for key in ("1", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/label/")
    assert Annotation.objects.count() == 2
