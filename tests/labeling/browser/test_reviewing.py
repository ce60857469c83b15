"""An answer corrected by its annotator, then reviewed: sent back, excluded, decided."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Project, Role
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.browser.opening import start

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def rank(page: Page, *keys: str) -> None:
    """Rank by keys and submit."""
    for key in (*keys, "Enter"):
        page.keyboard.press(key)


def record() -> list[tuple[str, str, str]]:
    """Every answer: whose, what for, how it stands."""
    rows = Annotation.objects.order_by("pk").select_related("annotator")
    return [(a.annotator.name, a.purpose, a.standing) for a in rows]


def say(page: Page, act: str, words: str) -> None:
    """Open one of the acts below an answer, write why, and do it."""
    page.locator("summary", has_text=act).click()
    form = page.locator("details[open] form")
    form.get_by_role("textbox").fill(words)
    form.get_by_role("button").click()


def test_from_a_slip_to_a_decision(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "ranking")
    reviewer = make_member(project, "Rita", Role.REVIEWER)

    # Ada corrects a slip: her first answer lies before her.
    page = start(open_page, ada)
    rank(page, "1", "2", "3", "4")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Rank the completions")
    page.goto(page.url.partition("/projects/")[0] + "/projects/kitchen/history/")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="Correct").click()
    page.wait_for_selector("[data-ready]")
    expect(page.locator(".text-column [aria-pressed=true]")).to_have_count(4)
    page.keyboard.press("a")
    rank(page, "4")
    page.wait_for_url("**/history/*/")
    assert record() == [("Ada", "label", "superseded"), ("Ada", "label", "counts")]

    # Rita sends it back with a comment, which Ada meets on the page of the task.
    review = open_page(reviewer, "/projects/kitchen/labels/")
    review.locator("tbody a").first.click()
    say(review, "Send back", "Look at A once more.")
    expect(review.get_by_text("The answer is sent back.")).to_be_visible()
    page = start(open_page, ada)
    expect(page.get_by_text("Look at A once more.")).to_be_visible()
    rank(page)
    page.wait_for_url("**/history/*/")
    assert record()[1:] == [("Ada", "label", "superseded"), ("Ada", "label", "counts")]

    # Rita decides, excludes Ada's answer, and lets it count again.
    review.goto(review.url.rsplit("/", 2)[0] + f"/{Annotation.objects.latest('pk').pk}/")
    review.get_by_role("button", name="Decide the task").click()
    review.wait_for_selector("[data-ready]")
    rank(review, "4", "3", "2", "1")
    expect(review.get_by_role("heading", name="All answers to this task")).to_be_visible()
    assert record()[2:] == [("Ada", "label", "overruled"), ("Rita", "decision", "counts")]
    review.get_by_role("link", name="Ada").click()
    say(review, "Exclude", "A guess.")
    expect(review.get_by_text("The answer does not count any more.")).to_be_visible()
    assert record()[2:] == [("Ada", "label", "excluded"), ("Rita", "decision", "counts")]


def test_leaving_a_correction(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project)
    page = start(open_page, ada)
    page.keyboard.type("Six minutes.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")
    page.goto(page.url.replace("/label/", "/history/"))
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="Correct").click()
    page.wait_for_selector("[data-ready]")
    page.get_by_role("button", name="Leave it as it was").click()

    expect(page.get_by_text("Your answer stays as it was.")).to_be_visible()
    assert record() == [("Ada", "label", "counts")]


def test_all_shown_are_chosen_and_sent_back(project: Project, open_page: OpenPage) -> None:
    for _ in range(3):
        make_annotation(make_task(project))
    page = open_page(make_member(project, "Rita", Role.REVIEWER), "/projects/kitchen/labels/")

    boxes = page.get_by_role("checkbox", name="Answer")
    page.get_by_role("checkbox", name="Choose all on this page").press("Space")
    expect(page.locator("tbody input:checked")).to_have_count(3)
    boxes.first.press("Space")
    page.locator("#send-back-text").fill("See the new guidelines.")
    page.get_by_role("button", name="Send back").click()

    expect(page.get_by_text("2 answers are sent back.")).to_be_visible()
    standings = Annotation.objects.order_by("pk").values_list("standing", flat=True)
    assert list(standings) == ["sent_back", "sent_back", "counts"]
