"""Who is told of what happens to tasks and answers."""

import pytest

from accounts.models import User
from labeling import reviewing, revising
from labeling.assigning import claim_next
from labeling.checks import screening
from labeling.models import Project, Role, Screening
from labeling.submitting import submit
from notices.models import Notice
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.test_reviewing import answer

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, str]]:
    """Who, of what, in which words; then it is forgotten."""
    rows = [(n.user.name, n.event, n.text) for n in Notice.objects.order_by("pk")]
    Notice.objects.all().delete()
    return rows


@pytest.fixture
def rita(project: Project) -> User:
    """A reviewer."""
    return make_member(project, "Rita", Role.REVIEWER)


def test_tasks_are_told_to_annotators_who_had_none(project: Project, ada: User, rita: User):
    Project.objects.filter(pk=project.pk).update(name="Kitchen")
    project.refresh_from_db()
    make_member(project, "Sim", is_simulated=True)
    bob = make_member(project, "Bob")
    make_task(project)
    news = "There are new tasks for you in “Kitchen”."
    assert sorted(told()) == [(ada.name, "tasks_arrived", news), ("Bob", "tasks_arrived", news)]
    make_task(project)
    assert told() == []
    for task in project.tasks.all():
        make_annotation(task, annotator=bob)
    make_task(project)
    assert told() == [("Bob", "tasks_arrived", news)]


def test_tasks_behind_a_test_are_told_to_nobody(project: Project, mona: User):
    screening.switch(project=project, by=mona, is_on=True)
    nora = make_member(project, "Nora")
    told()

    make_task(project)
    assert told() == []

    Screening.objects.create(project=project, annotator=nora, state="passed")
    project.tasks.update(state="done", free_slots=0)
    make_task(project)
    assert [name for name, _event, _text in told()] == ["Nora"]


def test_an_annotator_is_told_what_reviewers_did(project: Project, ada: User, rita: User):
    make_task(project)
    found = answer(claim_next(project=project, annotator=ada))
    told()
    reviewing.comment(annotation=found, by=rita, text="Nice.")
    reviewing.exclude(annotation=found, by=rita, text="A guess.", ask_again=False)
    reviewing.include(annotation=found, by=rita)
    reviewing.send_back(annotation=found, by=rita, text="Again.")
    place = f"(Demonstration, “{project}”)."
    assert told() == [
        (ada.name, "reviewed", f"Rita commented on an answer of yours {place}"),
        (ada.name, "reviewed", f"Rita excluded an answer of yours {place}"),
        (ada.name, "reviewed", f"Rita let an answer of yours count again {place}"),
        (ada.name, "came_back", f"Rita sent an answer of yours back to you {place}"),
    ]


def test_reviewers_are_told_of_replies_and_corrections(project: Project, ada: User, rita: User):
    found = make_annotation(make_task(project), annotator=ada)
    reviewing.comment(annotation=found, by=ada, text="Nobody has reviewed it.")
    reviewing.send_back(annotation=found, by=rita, text="Again.")
    told()
    reviewing.comment(annotation=found, by=ada, text="Why?")
    row = revising.revise(annotation=found, by=ada)
    submit(assignment=row, body={"text": "Seven."}, client_key=row.client_key, active_seconds=1)
    place = f"(Demonstration, “{project}”)."
    newest = ada.annotations.latest("pk")
    links = list(Notice.objects.order_by("pk").values_list("link", flat=True))
    assert links[-1] == f"/projects/{project.slug}/labels/{newest.pk}/"
    assert told() == [
        ("Rita", "replied", f"{ada.name} replied to your review {place}"),
        ("Rita", "replied", f"{ada.name} corrected the answer that was sent back {place}"),
    ]


def test_a_slip_that_nobody_reviewed_is_told_nobody(project: Project, ada: User, rita: User):
    found = make_annotation(make_task(project), annotator=ada)
    told()
    row = revising.revise(annotation=found, by=ada)
    submit(assignment=row, body={"text": "Seven."}, client_key=row.client_key, active_seconds=1)
    assert told() == []
