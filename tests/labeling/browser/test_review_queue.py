"""A reviewer goes through a queue by keys alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Project, Review, Role
from labeling.review import items
from tests.factories import make_annotation, make_member, make_task

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def wait_for(page: Page, text: str) -> None:
    """The page with `text` is there, and so is the script that takes keys."""
    expect(page.get_by_text(text).first).to_be_visible()
    page.wait_for_load_state()


def test_a_queue_by_keys(project: Project, ada: User, open_page: OpenPage) -> None:
    reviewer = make_member(project, "Rita", Role.REVIEWER)
    texts = ["Six minutes.", "Seven minutes.", "Eight minutes."]
    for text in texts:
        make_annotation(make_task(project), annotator=ada, body={"text": text})
    items.set_rate(project=project, by=reviewer, percent=100)

    page = open_page(reviewer, "/projects/kitchen/review/")
    page.get_by_role("region", name="Spot checks", exact=True).get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 left")).to_be_visible()
    wait_for(page, "Six minutes.")
    page.keyboard.press("n")
    wait_for(page, "Seven minutes.")
    page.keyboard.press("y")
    wait_for(page, "Eight minutes.")
    expect(page.get_by_text("2 left")).to_be_visible()
    page.keyboard.press("b")
    page.keyboard.type("You boil them too long.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing is left in “Spot checks”.")).to_be_visible()
    expect(page.get_by_text("Waiting: 1")).to_be_visible()
    acts = Review.objects.order_by("pk").values_list("verb", "text")
    assert list(acts) == [("approved", ""), ("sent_back", "You boil them too long.")]
