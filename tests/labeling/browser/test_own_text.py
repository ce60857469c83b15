"""None is good enough: within a ranking one edits a text, or writes one."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from labeling.kind_settings import change
from labeling.models import Annotation, Assignment, Project, Role
from tests.browser import Watch
from tests.factories import make_member, make_task
from tests.labeling.browser.opening import OpenPage, start
from tests.labeling.browser.test_board import column, press

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def shown() -> list[int]:
    return Assignment.objects.get().shown_order


def test_the_best_is_edited_by_keys_alone(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "ranking", texts=["Boil ten.", "Fry ten."])
    page = start(open_page, ada)
    own = page.locator("#own-text")

    press(page, "2 1")
    page.evaluate("document.activeElement.blur()")
    press(page, "m")  # none is current: the best one, B
    own = page.locator("#own-text")
    expect(own).to_be_focused()
    expect(own).to_have_value(column(page, "B").locator(".raw").inner_text())
    page.keyboard.type("Never: ")
    expect(page.locator('.writing [data-role="difference"] ins')).to_have_text("Never: ")
    press(page, "Escape Enter")
    page.wait_for_url("**/label/")

    given = Annotation.objects.get()
    a, b = given.shown_order
    text = given.task.completions.get(pk=b).text
    assert given.body == {
        "tiers": [[b], [a]],
        "unacceptable": [],
        "written": {"original": b, "text": f"Never: {text}", "tied": False},
    }


def test_one_is_written_and_is_as_good_as_the_first_tier(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", texts=["x", "y"])
    page = start(open_page, ada)

    press(page, "1 2 w")
    page.keyboard.type("A, b, c and Enter are letters here.")
    page.get_by_role("button", name="As good as tier 1").press("Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")

    given = Annotation.objects.get()
    assert given.body["written"] == {
        "original": None,
        "text": "A, b, c and Enter are letters here.",
        "tied": True,
    }


def test_what_is_missing_is_said_and_led_to(
    project: Project, ada: User, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected.append("status of 422")
    make_task(project, "ranking", texts=["x", "y"])
    page = start(open_page, ada)
    problem, own = page.locator("[data-role=problem]"), page.locator("#own-text")

    press(page, "1 2 w Escape Enter")
    expect(problem).to_have_text("Your own text is empty. Write it, or discard it.")
    expect(own).to_be_focused()
    press(page, "Escape a m Escape Enter")
    expect(problem).to_have_text("Your text is A as it is. Change it, or discard it.")
    own.fill(column(page, "B").locator(".raw").inner_text())
    page.keyboard.press("Control+Enter")
    expect(problem).to_contain_text("What you wrote is one of the texts above.")
    assert Annotation.objects.count() == 0
    page.get_by_role("button", name="Discard").press("Enter")
    expect(own).to_be_hidden()
    press(page, "Enter")
    page.wait_for_url("**/label/")
    assert "written" not in Annotation.objects.get().body


def test_what_was_typed_is_never_lost(
    project: Project, ada: User, open_page: OpenPage, watch: Watch
) -> None:
    watch.expected.append("409")  # a page that was asked for before its draft had come
    make_task(project, "ranking", texts=["x", "y", "z"])
    page = start(open_page, ada)
    own = page.locator("#own-text")

    press(page, "a m")
    page.keyboard.type("One ")
    press(page, "Escape b m")
    page.keyboard.type("Two ")
    press(page, "Escape u u")  # as if nothing had been opened
    expect(own).to_be_hidden()
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=8000)
    a, b, _c = shown()
    texts = dict(Assignment.objects.get().task.completions.values_list("pk", "text"))
    draft = Assignment.objects.get().draft
    assert draft == {
        "tiers": [[], [], []],
        "unacceptable": [],
        "aside": [
            {"original": a, "text": f"One {texts[a]}"},
            {"original": b, "text": f"Two {texts[b]}"},
        ],
    }
    page.reload()
    page.wait_for_selector("[data-ready]")
    press(page, "b m")
    expect(own).to_have_value(f"Two {texts[b]}")
    page.keyboard.type("and more ")
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(own).to_have_value(f"and more Two {texts[b]}")
    page.get_by_role("button", name="Reset all").click()
    expect(own).to_have_value(texts[b])


def test_its_author_and_reviewers_see_it_with_what_it_changed(
    project: Project, ada: User, mona: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", texts=["Boil ten minutes.", "Fry it."])
    page = start(open_page, ada)
    press(page, "1 2")
    first = column(page, "A").locator(".raw").inner_text()
    press(page, "a m")
    page.locator("#own-text").fill(first.replace("it.", "it slowly.").replace("ten", "six"))
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")
    given = Annotation.objects.get()

    for user, name in ((ada, "answer"), (mona, "label")):
        page = open_page(user, reverse(name, args=["kitchen", given.pk]))
        assert "A edited > A > B" in page.locator("main").inner_text()
        difference = page.locator("text-difference")
        assert difference.locator("ins").count() == 1
        kept = difference.evaluate(
            """element => [...element.querySelector('[data-role="difference"]').childNodes]
                .filter((node) => node.nodeName !== "DEL")
                .map((node) => node.textContent).join("")"""
        )
        assert kept == given.body["written"]["text"]


def test_an_answer_is_corrected_with_its_own_text(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", texts=["x", "y"])
    page = start(open_page, ada)
    press(page, "1 2 w")
    page.keyboard.type("Mine.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")
    page.goto(reverse("answer", args=["kitchen", Annotation.objects.get().pk]))

    page.get_by_role("button", name="Correct").click()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#own-text")).to_have_value("Mine.")
    page.locator("#own-text").fill("Mine, again.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/history/*/")

    texts = Annotation.objects.order_by("pk").values_list("body__written__text", flat=True)
    assert list(texts) == ["Mine.", "Mine, again."]


def test_where_it_is_not_offered_nothing_leads_to_it(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    content = {"own_text": False}
    change(project=project, kind="ranking", content=content, number=1, by=mona, open_tasks=False)
    make_task(project, "ranking", texts=["x", "y"])
    page = start(open_page, ada)

    press(page, "w m 1 2")

    expect(page.locator("#own-text")).to_have_count(0)
    expect(page.locator('[data-act="edit"], [data-act="write"]')).to_have_count(0)
    press(page, "Enter")
    page.wait_for_url("**/label/")
    assert Annotation.objects.count() == 1
