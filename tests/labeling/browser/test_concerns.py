"""Concerns and a comment in the browser, on the page of any kind."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from labeling import revising
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Project
from tests.factories import make_annotation, make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("kind", kinds())
def test_on_every_page_keys_say_them_and_the_draft_keeps_them(
    project: Project, ada: User, open_page: OpenPage, kind: str
) -> None:
    make_task(project, kind)
    page = start(open_page, ada)
    dialog, count = page.locator("[data-role=remark]"), page.locator("[data-role=remark-count]")
    expect(count).to_be_hidden()

    page.keyboard.press("Escape")  # from the text that a page may begin in
    page.keyboard.press("f")
    page.keyboard.press("1")
    page.keyboard.press("5")
    page.keyboard.press("5")
    page.get_by_label("Comment (optional)").fill("5 words in it are cut.")
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(count).to_have_text("2")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=9000)
    said = {"comment": "5 words in it are cut.", "concerns": ["unsafe"]}
    assert Assignment.objects.get().draft["remark"] == said
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("[data-role=remark-count]")).to_have_text("2")
    page.locator("[data-do=remark]").click()
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(1)
    expect(page.get_by_label("Comment (optional)")).to_have_value("5 words in it are cut.")


def test_they_are_submitted_with_the_answer_and_not_with_the_next(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(2):
        make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    first = page.url

    for key in ("f", "4", "Escape", "1", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != first)
    page.wait_for_selector("[data-ready]")
    expect(page.locator("[data-role=remark-count]")).to_be_hidden()
    second = page.url
    for key in ("1", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != second)

    rows = Annotation.objects.order_by("pk").values_list("concerns", "comment")
    assert list(rows) == [(["needs_expert"], ""), ([], "")]


def test_those_of_an_answer_stay_with_it_where_none_are_offered_any_more(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task = make_task(project, "ranking", k=2)
    said = {"concerns": ["broken"], "comment": "Cut."}
    answer = make_annotation(task, annotator=ada, **said)
    revising.revise(annotation=answer, by=ada)
    Project.objects.update(hides_concerns=True)
    page = start(open_page, ada)

    page.keyboard.press("Enter")
    page.wait_for_url("**/history/**")

    new = Annotation.objects.get(revises=answer)
    assert {"concerns": new.concerns, "comment": new.comment} == said
