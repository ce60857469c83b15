"""What was submitted while the server could not be reached is sent once, whatever page is open."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from labeling.models import Annotation, Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_what_was_submitted_offline_is_sent_by_the_next_page_where_this_one_closes(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_INTERNET_DISCONNECTED")
    make_task(project)
    page = start(open_page, ada)
    page.keyboard.type("Six minutes.")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-role=problem]")).to_contain_text("You are offline")
    address = page.url
    later = page.context.new_page()
    page.close()

    page.context.set_offline(False)
    watch.follow(later, origin=address.split("/projects/")[0])
    later.goto(address)
    later.wait_for_url("**/label/", timeout=20_000)

    assert Annotation.objects.get().body == {"text": "Six minutes."}
    assert later.evaluate("Object.keys(localStorage).filter((key) => /draft/.test(key))") == []


def test_a_correction_is_not_sent_by_itself_though_the_answer_to_it_was_never_heard(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected += ["ERR_FAILED", "409"]
    make_task(project)
    page = start(open_page, ada)
    address = page.url.split("?")[0]
    page.keyboard.type("Six minutes.")

    def lose(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
        route.abort()

    page.route(address, lose)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-role=problem]")).to_contain_text("You are offline")
    answer = Annotation.objects.get()
    page.unroute(address)
    page.goto(f"/projects/kitchen/history/{answer.pk}/")
    page.get_by_role("button", name="Correct").click()
    page.wait_for_selector("[data-ready]")
    page.wait_for_timeout(1500)

    assert page.url.split("?")[0] == address
    assert Annotation.objects.get() == answer
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/history/**")
    assert Annotation.objects.count() == 2
