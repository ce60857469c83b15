"""A page that is loaded again shows what was saved last, whichever came first."""

import pytest
from playwright.sync_api import APIResponse, Route, expect

from accounts.models import User
from labeling.models import Assignment, Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_page_that_was_asked_for_before_the_draft_came(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project)
    page = start(open_page, ada)
    here = page.url

    held: list[tuple[Route, APIResponse]] = []
    page.route(here, lambda route: held.append((route, route.fetch())))
    page.get_by_label("Your answer").press_sequentially("Six minutes.")
    page.evaluate("location.reload()")
    wait_for(held, go_on=lambda: page.wait_for_timeout(50))
    while Assignment.objects.get().draft is None:  # the old page still saves it
        page.wait_for_timeout(50)
    page.wait_for_timeout(500)  # and reads that it is there
    ((route, before),) = held
    with page.expect_navigation():
        route.fulfill(response=before)
    page.wait_for_selector("[data-ready]")

    expect(page.get_by_label("Your answer")).to_have_value("Six minutes.")
    page.unroute(here)
    page.get_by_label("Your answer").press_sequentially(" Or seven.")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=9000)
    assert Assignment.objects.get().draft == {"text": "Six minutes. Or seven."}
