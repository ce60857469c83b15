"""Nothing typed is lost: drafts, leases, tabs, sessions."""

from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import expect

from accounts.models import Session, User
from core import limits
from labeling.models import Annotation, Assignment, Project
from tests.factories import make_task
from tests.labeling.browser.opening import (
    OpenPage,
    sign_in_again,
    start,
    start_with_a_clock,
    wait_for,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_text_survives_the_end_of_the_session_and_is_sent_after_signing_in_again(
    project: Project, ada: User, open_page: OpenPage, live_server: Any, watch: Any
) -> None:
    watch.expected.append("401")
    make_task(project)
    page = start(open_page, ada)
    Session.objects.all().delete()

    page.keyboard.type("Long thoughts.")
    link = page.get_by_role("link", name="Sign in in a new tab")
    expect(link).to_be_visible(timeout=8000)
    expect(page.locator("[data-role=saved]")).to_have_text("Signed out – kept on this device")
    page.keyboard.press("Control+Enter")
    assert Annotation.objects.count() == 0

    sign_in_again(page, ada)
    # The page tries again every five seconds, and the machine may have other things to do.
    expect(page.locator("[data-role=banner]")).to_be_hidden(timeout=30_000)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")

    assert Annotation.objects.get().body == {"text": "Long thoughts."}


def test_two_tabs_and_the_choice_between_their_versions(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("409")
    make_task(project)
    first = start(open_page, ada)
    second = start(open_page, ada)

    first.keyboard.type("From the first tab.")
    expect(first.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    second.keyboard.type("From the second tab.")
    choice = second.get_by_role("button", name="Use the other version")
    expect(choice).to_be_visible(timeout=6000)
    choice.click()

    expect(second.get_by_label("Your answer")).to_have_value("From the first tab.")


def test_a_draft_that_the_server_does_not_take_says_why_and_what_to_do(
    project: Project,
    ada: User,
    open_page: OpenPage,
    watch: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "SIGNED_IN", 2048)
    watch.expected.append("422")
    make_task(project)
    page = start(open_page, ada)
    editor, banner = page.get_by_label("Your answer"), page.locator("[data-role=banner]")
    stays = "What you wrote stays here: change it, and it is saved."

    def write(text: str) -> None:
        script = (
            "(e, text) => { e.value = text; e.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
        editor.evaluate(script, text)

    long = "Long. " * 400
    write(long)
    expect(banner).to_have_text(
        f"This is larger than 2.0\xa0KB, the most that the server takes: shorten it. {stays}",
        timeout=9000,
    )
    expect(page.locator("[data-role=saved]")).to_have_text("Not saved – kept on this device")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-role=problem]")).to_contain_text("shorten it.")
    page.reload()
    page.wait_for_selector("[data-ready]")
    assert editor.input_value() == long

    write("Hidden: \0.")
    expect(banner).to_have_text(
        f"What you wrote holds a NUL character: change that part. {stays}", timeout=9000
    )
    write("Short.")
    expect(banner).to_be_hidden(timeout=9000)
    assert Assignment.objects.get().draft == {"text": "Short."}


def test_one_is_told_where_the_device_cannot_keep_a_draft_either(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page = start(open_page, ada)
    page.route("**/draft/", lambda route: route.abort())
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")

    page.keyboard.type("Nowhere yet.")

    state = "Not saved – this device has no room for it: copy it before you leave"
    expect(page.locator("[data-role=saved]")).to_have_text(state, timeout=9000)


def test_what_is_typed_while_the_choice_is_open_is_kept(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("409")
    make_task(project)
    page = start(open_page, ada)
    Assignment.objects.update(draft={"text": "From elsewhere."}, draft_version=1)

    page.keyboard.type("From here")
    keep = page.get_by_role("button", name="Keep what is here")
    expect(keep).to_be_visible(timeout=6000)
    page.keyboard.type(" and on.")
    keep.click()

    expect(page.get_by_label("Your answer")).to_have_value("From here and on.")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    assert Assignment.objects.get().draft == {"text": "From here and on."}


def test_a_draft_that_arrived_while_the_page_closed_is_no_conflict(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project)
    page = start(open_page, ada)
    page.keyboard.type("Quick")
    page.goto("/")
    while Assignment.objects.get().draft is None:
        page.wait_for_timeout(50)

    page.goto("/projects/kitchen/label/")
    page.wait_for_selector("[data-ready]")

    expect(page.get_by_label("Your answer")).to_have_value("Quick")
    expect(page.locator("[data-role=banner]")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_a_draft_that_arrives_after_the_page_was_opened_again_is_no_conflict(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected += ["ERR_", "409"]
    make_task(project)
    page = start(open_page, ada)

    def arrive_late(route: Any) -> None:
        Assignment.objects.update(draft={"text": "Slow"}, draft_version=1)
        connection.close()  # handlers have one of their own
        route.continue_()

    page.route("**/draft/", lambda route: route.abort())
    page.keyboard.type("Slow")
    page.goto("/")
    page.unroute("**/draft/")
    page.route("**/draft/", arrive_late, times=1)
    page.goto("/projects/kitchen/label/")
    page.wait_for_selector("[data-ready]")
    page.keyboard.press("End")
    page.keyboard.type(" and on")

    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=9000)
    expect(page.get_by_role("button", name="Keep what is here")).to_have_count(0)
    assert Assignment.objects.get().draft == {"text": "Slow and on"}


def test_until_the_choice_nothing_is_saved_or_lost(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page = start(open_page, ada)
    page.route("**/draft/", lambda route: route.abort())
    page.keyboard.type("From here")
    page.goto("/")
    page.unroute("**/draft/")
    Assignment.objects.update(draft={"text": "From elsewhere."}, draft_version=1)
    editor, choice = page.get_by_label("Your answer"), page.locator("[data-role=banner] button")

    page.goto("/projects/kitchen/label/")
    expect(choice).to_have_text(["Use the other version", "Keep what is here"])
    expect(editor).to_have_value("From here")
    page.keyboard.press("Control+End")
    page.keyboard.type(" and on")
    page.reload()

    expect(choice).to_have_text(["Use the other version", "Keep what is here"])
    expect(editor).to_have_value("From here and on")
    expect(page.locator("[data-role=saved]")).to_have_text("Not saved yet")
    assert Assignment.objects.get().draft == {"text": "From elsewhere."}
    choice.first.click()
    expect(editor).to_have_value("From elsewhere.")


def test_the_lease_is_not_renewed_while_a_draft_is_on_its_way(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project)
    page, held = start_with_a_clock(open_page, ada), []
    page.route("**/draft/", lambda route: held.append(route))

    page.clock.fast_forward(61_000)  # somebody read, and now writes
    page.keyboard.type("Six minutes.")
    wait_for(held, go_on=lambda: page.clock.run_for(500))
    page.clock.run_for(11_000)
    expect(page.locator("[data-role=saved]")).to_have_text("Saving…")
    for route in held:
        route.continue_()

    expect(page.locator("[data-role=saved]")).to_contain_text("Saved")
    assert len(held) == 1
    assert Assignment.objects.get().draft_version == 1


def test_a_saved_draft_whose_answer_got_lost_is_no_conflict(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected += ["ERR_", "409"]
    make_task(project)
    page = start(open_page, ada)

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/draft/", lose, times=1)
    page.keyboard.type("One")
    expect(page.locator("[data-role=saved]")).to_contain_text("kept on this device", timeout=9000)
    page.keyboard.type(" and two")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=12000)

    assert Assignment.objects.get().draft == {"text": "One and two"}
    expect(page.locator("[data-role=banner]")).to_be_hidden()


def test_what_a_killed_tab_had_typed_is_restored(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page = start(open_page, ada)
    page.context.route("**/draft/", lambda route: route.abort())
    page.keyboard.type("Not yet on the server")
    expect(page.locator("[data-role=saved]")).to_contain_text("kept on this device", timeout=6000)

    again = page.context.new_page()
    page.close()
    again.goto("/projects/kitchen/label/")

    expect(again.get_by_label("Your answer")).to_have_value("Not yet on the server")


def test_text_typed_while_a_save_is_on_its_way_is_no_conflict_after_a_reload(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page = start(open_page, ada)
    arrived: list[Any] = []

    def answer_never(route: Any) -> None:
        arrived.append(route.fetch())

    page.route("**/draft/", answer_never, times=1)
    page.keyboard.type("Hello")
    expect(page.locator("[data-role=saved]")).to_have_text("Saving…", timeout=6000)
    page.keyboard.type(" world")
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector("[data-ready]")

    assert arrived
    expect(page.get_by_label("Your answer")).to_have_value("Hello world")
    expect(page.get_by_role("button", name="Keep what is here")).to_have_count(0)
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    assert Assignment.objects.get().draft == {"text": "Hello world"}
