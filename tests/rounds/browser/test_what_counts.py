"""What people correct, send back, exclude and decide is what a model is trained on, and no more."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from labeling.models import Annotation, Role
from rounds.snapshots import freeze, read
from tests.api.kitchen import bearer
from tests.factories import make_annotation, make_member, make_task, make_version
from tests.labeling.browser.test_reviewing import rank, say
from tests.rounds.world import make_run, make_world

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_label(page: Page, answer: Annotation) -> str:
    """The address of the page of one answer."""
    origin = page.url.partition("/projects/")[0]
    return f"{origin}/projects/kitchen/labels/{answer.pk}/"


def test_the_snapshot_the_export_and_the_model_agree(open_page: OpenPage) -> None:
    world = make_world()
    project, ada = world.project, world.ada
    rita, bob = make_member(project, "Rita", Role.REVIEWER), make_member(project, "Bob")
    project.tasks.update(state="done", free_slots=0)
    before = set(Annotation.objects.values_list("pk", flat=True))
    tasks = [make_task(project, "ranking", round_number=2) for _ in range(4)]
    back, out, overruled = (make_annotation(task, annotator=bob) for task in tasks[1:])
    for task in tasks[1:]:
        task.state, task.free_slots = "done", 0
        task.save()

    # Ada answers the first task, and corrects what she said.
    page = open_page(ada, "/projects/kitchen/label/")
    page.wait_for_selector("[data-ready]")
    rank(page, "1", "2", "3", "4")
    page.wait_for_url("**/label/")
    slip = Annotation.objects.get(task=tasks[0])
    page.goto(page.url.replace("/label/", f"/history/{slip.pk}/"))
    page.get_by_role("button", name="Correct").click()
    page.wait_for_selector("[data-ready]")
    page.keyboard.press("a")
    rank(page, "4")
    page.wait_for_url("**/history/*/")

    # Rita sends one of Bob's answers back, excludes another, and decides the third's task.
    review = open_page(rita, f"/projects/kitchen/labels/{back.pk}/")
    say(review, "Send back", "Look at A once more.")
    expect(review.get_by_text("The answer is sent back.")).to_be_visible()
    review.goto(at_label(review, out))
    say(review, "Exclude", "A guess.")
    expect(review.get_by_text("The answer does not count any more.")).to_be_visible()
    review.goto(at_label(review, overruled))
    review.get_by_role("button", name="Decide the task").click()
    review.wait_for_selector("[data-ready]")
    rank(review, "4", "3", "2", "1")
    expect(review.get_by_role("heading", name="All answers to this task")).to_be_visible()

    corrected = Annotation.objects.get(revises=slip)
    decision = Annotation.objects.get(purpose="decision")
    counting = before | {corrected.pk, decision.pk}
    snapshot = freeze(project)
    assert set(snapshot.annotations.values_list("pk", flat=True)) == counting

    path = "/api/v1/projects/kitchen/exports/rankings.jsonl"
    sent = Client().get(path, headers=bearer(world.mona))
    rows = [json.loads(line) for line in sent.getvalue().splitlines()]
    frozen = read(snapshot, "rankings")
    mine = {row["annotation_id"] for row in frozen if row["round"] == 2}
    assert mine == {corrected.pk, decision.pk}
    assert {row["annotation_id"] for row in rows if row["round"] == 2} == mine

    run = make_run(world.round, "reward", snapshot=snapshot, source=world.policy)
    made = make_version("reward", family=project.family, parent=world.policy, job=run.job)
    mona = open_page(world.mona, f"/projects/kitchen/models/{made.pk}/")
    mona.get_by_role("link", name=f"{len(counting)} labels").click()
    expect(mona.get_by_role("heading", name=f"{len(counting)} labels")).to_be_visible()
    links = mona.locator("section[aria-labelledby=labels] tbody a[href*='/labels/']")
    shown = [(link.get_attribute("href") or "").split("/")[-2] for link in links.all()]
    assert {int(pk) for pk in shown} == counting
    # What does not count says of itself that no model has seen it.
    mona.goto(at_label(mona, out))
    heading = mona.get_by_role("heading", name="Models trained with it")
    expect(heading.locator("xpath=following::ul[1]")).to_have_text("None yet.")
