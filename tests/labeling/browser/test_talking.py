"""A live conversation in the browser: by keys, through reloads, two tabs and a busy model."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Exchange, Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start
from tests.labeling.talking import answer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def replies(page: Page, number: int) -> None:
    expect(page.locator(".live > .sides .side").first).to_contain_text(f"at turn {number}.")


def say(page: Page, text: str) -> None:
    page.get_by_label("Your next message").fill(text)
    page.keyboard.press("Enter")


def problem(page: Page) -> Any:
    return expect(page.locator("[data-role=problem]"))


def test_two_turns_by_keys(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "dialogue")
    page = start(open_page, ada)

    replies(page, 0)
    press(page, "6 Enter")  # B is better; to the message
    page.keyboard.type("And a large one?")
    press(page, "Shift+Enter")
    page.keyboard.type("Please.")
    press(page, "Enter")
    replies(page, 1)
    expect(page.locator(".turn-past .reply")).to_contain_text("Ten, at turn 0.")
    expect(page.locator(".live > .said")).to_contain_text("And a large one?")
    press(page, "ArrowLeft ArrowLeft Control+Enter")
    page.wait_for_url("**/label/")

    turns = Annotation.objects.get().body["turns"]
    assert [turn["message"] for turn in turns] == ["", "And a large one?\nPlease."]
    assert [(turn["better"], turn["strength"]) for turn in turns] == [(1, 2), (0, 2)]
    page.goto("/projects/kitchen/history/")
    page.get_by_role("table").get_by_role("link").click()
    expect(page.locator(".dialogue-read .reply")).to_contain_text(
        ["Ten, at turn 0.", "Six, at turn 1."]
    )


def test_it_says_what_is_missing(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "dialogue")
    page = start(open_page, ada)
    replies(page, 0)

    press(page, "Control+Enter")
    problem(page).to_have_text("Say which reply is better, or that it is a tie.")
    say(page, "Large?")
    problem(page).to_have_text("Say which reply is better before you go on.")
    press(page, "Escape 4 Control+Enter")
    problem(page).to_contain_text("Your last message has no replies and is left out.")
    press(page, "Control+Enter")
    page.wait_for_url("**/label/")

    assert [turn["better"] for turn in Annotation.objects.get().body["turns"]] == [None]


def test_a_busy_model_is_said_and_nothing_is_lost(
    project: Project, ada: User, open_page: OpenPage, replying: Any
) -> None:
    make_task(project, "dialogue")
    page = start(open_page, ada)
    replies(page, 0)
    press(page, "1")
    replying.busy = True
    say(page, "Large?")
    expect(page.locator("[data-role=standing]")).to_contain_text("No machine for models is running")
    expect(page.locator(".live > .said")).to_contain_text("Large?")
    page.get_by_label("Your next message").fill("Or small?")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=9000)

    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.get_by_label("Your next message")).to_have_value("Or small?")
    press(page, "Escape")
    answer(Exchange.objects.get(number=1), ["Six, at turn 1.", "Ten, at turn 1."])
    replies(page, 1)

    expect(page.locator("[data-role=standing]")).to_have_text("")
    press(page, "2 Enter Enter")  # what was typed meanwhile is sent
    expect(page.locator(".live > .said")).to_contain_text("Or small?")
    rows = Exchange.objects.order_by("number").values_list("message", flat=True)
    assert list(rows) == ["", "Large?", "Or small?"]


def test_without_a_network_it_is_sent_once_it_is_back(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected += ["ERR_"]
    make_task(project, "dialogue")
    page = start(open_page, ada)
    replies(page, 0)
    press(page, "7")
    page.context.set_offline(True)
    say(page, "Large?")
    expect(page.locator("[data-role=standing]")).to_contain_text("No connection")
    expect(page.get_by_label("Your next message")).to_have_value("Large?")

    page.context.set_offline(False)

    expect(page.locator(".live > .said")).to_contain_text("Large?", timeout=15_000)
    replies(page, 1)
    expect(page.get_by_label("Your next message")).to_have_value("")
    assert Exchange.objects.count() == 2


def test_two_tabs_do_not_ask_twice(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected += ["409"]
    make_task(project, "dialogue")
    page = start(open_page, ada)
    replies(page, 0)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("[data-ready]")
    press(other, "1")
    say(other, "Large?")
    replies(other, 1)
    page.bring_to_front()
    press(page, "7")
    say(page, "Small?")

    problem(page).to_contain_text("gone on elsewhere")
    expect(page.locator(".live > .said")).to_contain_text("Large?")
    expect(page.get_by_label("Your next message")).to_have_value("Small?")
    assert Exchange.objects.count() == 2


def test_what_the_model_cannot_take_ends_the_conversation(
    project: Project, ada: User, open_page: OpenPage, replying: Any
) -> None:
    make_task(project, "dialogue")
    page = start(open_page, ada)
    replies(page, 0)
    press(page, "1")
    replying.busy = True
    say(page, "Large?")
    expect(page.locator(".live > .said")).to_contain_text("Large?")
    Exchange.objects.filter(number=1).update(state="failed", problem="poison")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".live")).to_have_attribute("data-state", "waiting")
    Exchange.objects.filter(number=1).update(state="failed", problem="too_long")

    expect(page.locator(".live .message")).to_contain_text("too long for the model: end it here")
    press(page, "Escape Control+Enter Control+Enter")
    page.wait_for_url("**/label/")

    assert len(Annotation.objects.get().body["turns"]) == 1


def test_with_a_mouse(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "dialogue")
    page = start(open_page, ada)
    replies(page, 0)

    page.get_by_role("button", name="B slightly better").click()
    expect(page.locator(".side[data-better]")).to_have_attribute("data-letter", "B")
    page.get_by_label("Your next message").fill("Large?")
    page.get_by_role("button", name="Send").click()
    replies(page, 1)
    page.get_by_role("button", name="Both bad").click()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/label/")

    turns = Annotation.objects.get().body["turns"]
    assert [(turn["better"], turn["both_bad"]) for turn in turns] == [(1, False), (None, True)]


def test_a_manager_tries_it_without_a_model(
    project: Project, open_page: OpenPage, mona: User
) -> None:
    page = open_page(mona, "/projects/kitchen/task-pages/try/?kind=dialogue")
    page.wait_for_selector("[data-ready]")

    expect(page.get_by_text("a sample: no model replies")).to_be_visible()
    press(page, "2 Control+Enter")

    expect(page.get_by_text("1 turn, one reply better in 1")).to_be_visible()
    assert not Exchange.objects.exists()
