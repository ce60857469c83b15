"""A gold task in the browser: the page, its data and its keys are those of any other task."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.checks import drawing, golds
from labeling.models import Annotation, CheckScore, CheckSettings, Project, Role, Task
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.browser.opening import start

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def seen(page: Page) -> str:
    """The page as its scripts left it, without numbers of rows, keys and tokens."""
    html = page.locator("body").evaluate("body => body.outerHTML")
    html = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "KEY", html)
    html = re.sub(r'(csrfmiddlewaretoken" value)="\w+"', r"\1", html)
    html = re.sub(r'data-ids="[\d ]+"', "", html)
    html = re.sub(r"(Answers today: )\d+", r"\1", html)  # checks count as all others do
    return re.sub(r'(assignments/|"id": |"lease_seconds": )\d+', r"\1", html)


def _seen_after_an_answer(page: Page) -> str:
    page.keyboard.press("1")
    with page.expect_response("**/assignments/*/"):
        page.keyboard.press("Enter")
    expect(page.locator(".text-column [aria-pressed=true]")).to_have_count(0)
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("[data-role=goal]")).to_contain_text("Answers today")  # it comes after
    return seen(page)


def test_gold_is_not_seen(
    project: Project, ada: User, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    texts = ["Six minutes."] * 2  # one column, so that no order tells tasks apart
    prompts = [[{"role": "user", "content": "How long?"}]] * 3
    tasks = [make_task(project, "ranking", texts=texts, priority=-n) for n in range(3)]
    for task, messages in zip(tasks, prompts, strict=True):
        type(task.prompt).objects.filter(pk=task.prompt_id).update(messages=messages)
    monkeypatch.setattr(drawing, "chance", lambda: 0.0)
    CheckSettings.objects.create(project=project, gold_percent=20)

    page = start(open_page, ada)  # no task is gold yet
    ordinary = _seen_after_an_answer(page)  # which may be undone, as after a gold one
    Task.objects.filter(pk=tasks[2].pk).update(state="done", free_slots=0)
    golds.mark(annotation=make_annotation(tasks[2]), by=mona)
    make_task(project, "ranking", texts=texts)
    gold = _seen_after_an_answer(page)
    page.keyboard.press("1")
    with page.expect_response("**/assignments/*/"):
        page.keyboard.press("Enter")

    hers = Annotation.objects.filter(annotator=ada).order_by("pk")
    assert [(a.purpose, a.standing) for a in hers] == [
        ("label", "counts"),
        ("label", "counts"),
        ("gold", "check"),
    ]
    assert gold == ordinary
    assert CheckScore.objects.count() == 0  # both texts are the same: nothing to compare
