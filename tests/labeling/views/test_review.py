"""Reviewing one answer after the other."""

import re
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from labeling.deciding import decide
from labeling.models import (
    Annotation,
    Assignment,
    Flagged,
    Project,
    Review,
    ReviewSettings,
    Role,
)
from labeling.review import Asked, items, queues
from labeling.submitting import submit
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.views.asking import at, send, signed_in


@pytest.fixture
def rita(project: Project) -> User:
    """A reviewer."""
    return make_member(project, "Rita", Role.REVIEWER)


@pytest.fixture
def two(project: Project, ada: User, mona: User) -> list[Annotation]:
    """Two answers; all are drawn."""
    items.set_rate(project=project, by=mona, percent=100)
    return [make_annotation(make_task(project), annotator=ada) for _ in range(2)]


def decision_of(answer: Annotation) -> Assignment:
    """Where a reviewer decides the task of an answer."""
    return answer.task.assignments.get(purpose="decision")


def test_a_queue_leads_from_answer_to_answer(project: Project, rita: User, two) -> None:
    client, (first, second) = signed_in(rita), two
    begin = client.post(at("review_next"), {"queue": "spot"})
    assert begin["Location"] == at("label", first.pk) + "?queue=spot"
    page = client.get(begin["Location"]).content.decode()
    assert "2 left" in page
    assert page.count('name="queue" value="spot"') >= 4

    later = client.post(at("review_next"), {"queue": "spot", "later": str(first.pk)})
    assert later["Location"] == at("label", second.pk) + f"?queue=spot&later={first.pk}"
    asked = {"queue": "spot", "later": str(first.pk)}
    end = client.post(at("label_review", second.pk), {"act": "approve", **asked})
    assert end["Location"] == at("review")
    assert "Nothing is left in “Spot checks”." in client.get(at("review")).content.decode()

    asked = {"act": "send_back", "text": "Look again.", "queue": "spot"}
    client.post(at("label_review", first.pk), asked)
    assert list(Review.objects.order_by("pk").values_list("verb", flat=True)) == [
        "approved",
        "sent_back",
    ]
    page = " ".join(client.get(at("review")).content.decode().split())
    assert "2 answers drawn at random were looked at; found right: 1 · sent it back: 1" in page


def test_a_decision_leads_on_in_the_queue_that_it_was_made_from(
    project: Project, rita: User, two
) -> None:
    client, (first, second) = signed_in(rita), two
    client.post(at("review_next"), {"queue": "spot"})

    beyond = {"queue": "spot", "later": str(first.pk)}
    page = client.get(at("label", first.pk) + "?queue=spot").content.decode()
    form = page.partition(f'action="{at("task_decide", first.task_id)}"')[2].partition("</form>")[0]
    assert dict(re.findall(r'name="(queue|later)" value="([^"]*)"', form)) == beyond
    there = client.post(at("task_decide", first.task_id), beyond)["Location"]
    query = f"?queue=spot&later={first.pk}"
    assert there == at("assignment", decision_of(first).pk) + query
    following = send(client, decision_of(first), query=query).json()["next"]

    assert following == at("label", second.pk) + query
    page = client.get(following).content.decode()
    assert ("The task is decided: your answer counts." in page, "1 left" in page) == (True, True)
    beyond["later"] = f"{first.pk},{second.pk}"
    there = client.post(at("task_decide", second.task_id), beyond)["Location"]
    query = there.partition("?")[2]
    assert send(client, decision_of(second), query=f"?{query}").json()["next"] == at("review")
    page = " ".join(client.get(at("review")).content.decode().split())
    assert "looked at; found right: 0 · decided the task instead: 2" in page


def test_a_decision_from_no_queue_leads_to_its_own_page(project: Project, rita: User, two) -> None:
    client, first = signed_in(rita), two[0]
    items.draw(project=project)

    there = client.post(at("task_decide", first.task_id))["Location"]
    sent = send(client, decision_of(first)).json()

    decision = first.task.annotations.decisions().get()
    assert there == at("assignment", decision.assignment_id)
    assert sent["next"] == at("label", decision.pk)
    assert (
        queues()["spot"].left(Asked(project=project, reviewer=rita)) == 2
    )  # still to be looked at


def test_what_does_not_end_an_answer_keeps_the_queue(project: Project, rita: User, two) -> None:
    client, place = signed_in(rita), {"queue": "person", "person": str(two[0].annotator_id)}
    here = at("label", two[0].pk)

    said = client.post(at("label_review", two[0].pk), {"act": "comment", "text": "Hm.", **place})
    gold = client.post(at("gold_mark", two[0].pk), place)
    alone = client.post(at("label_review", two[0].pk), {"act": "comment", "text": "Hm."})

    query = f"?queue=person&person={two[0].annotator_id}"
    assert [said["Location"], gold["Location"]] == [here + query] * 2
    assert alone["Location"] == here


def test_flagged_answers_leave_their_queue_when_their_task_is_decided(
    project: Project, rita: User, two
) -> None:
    for answer in two:
        Flagged.objects.create(annotation=answer, project=project, computed_at=answer.created_at)
    asked = Asked(project=project, reviewer=rita)
    assert queues()["flagged"].left(asked) == 2

    submit(
        assignment=decide(task=two[1].task, by=rita),
        body={"text": "Mine."},
        client_key=uuid4(),
        active_seconds=1,
    )

    assert [queues()["flagged"].first(asked), queues()["flagged"].left(asked)] == [two[0].pk, 1]


def test_what_is_empty_cannot_be_started(project: Project, rita: User, two) -> None:
    items.draw(project=project)
    page = signed_in(rita).get(at("review")).content.decode()
    empty, waiting = (page.partition(f'id="queue-{name}"')[2] for name in ("replies", "spot"))

    assert "Nothing waits." in empty.partition("</section>")[0]
    assert "<button" not in empty.partition("</section>")[0]
    assert "<button" in waiting.partition("</section>")[0]


def test_spot_checks_are_drawn_at_the_start_and_need_answers(project: Project, rita: User) -> None:
    def sections() -> list[str]:
        page = signed_in(rita).get(at("review")).content.decode()
        parts = (page.partition(f'id="queue-{name}"')[2] for name in ("spot", "person"))
        return [part.partition("</section>")[0] for part in parts]

    spot, person = sections()
    assert ("Nothing waits." in spot, "<button" in spot, "<button" in person) == (
        True,
        False,
        False,
    )
    assert ("Nobody else has answered yet." in person, "<select" in person) == (True, False)

    make_annotation(make_task(project))
    spot, person = sections()
    assert ("Drawn when you start." in spot, "Nothing waits." in spot) == (True, False)
    assert ["<button" in part for part in (spot, person)] == [True, True]


def test_a_comment_stays_on_the_page(rita: User, two) -> None:
    sent = {"act": "comment", "text": "Hm.", "queue": "spot"}
    there = signed_in(rita).post(at("label_review", two[0].pk), sent)
    assert there["Location"] == at("label", two[0].pk) + "?queue=spot"


@pytest.mark.parametrize("queue", ["", "nothing", "later"])
def test_without_a_queue_nothing_is_next(rita: User, two, queue: str) -> None:
    client = signed_in(rita)
    assert client.post(at("review_next"), {"queue": queue}).status_code == 422
    assert (
        client.get(at("label", two[0].pk) + f"?queue={queue}&later=x,9&person=y").status_code == 200
    )


def test_the_rate_is_a_managers(project: Project, rita: User, mona: User) -> None:
    assert signed_in(rita).post(at("review_rate"), {"percent": 9}).status_code == 403
    client = signed_in(mona)
    assert client.post(at("review_rate"), {"percent": 101}).status_code == 422
    client.post(at("review_rate"), {"percent": 9})
    assert ReviewSettings.objects.get(project=project).spot_percent == 9
    assert 'value="9"' in client.get(at("review")).content.decode()


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_costs_the_same_however_much_waits(
    project: Project, ada: User, mona: User, count: int, django_assert_num_queries: Any
) -> None:
    items.set_rate(project=project, by=mona, percent=100)
    for _ in range(count):
        make_annotation(make_task(project), annotator=make_member(project))
    items.draw(project=project)
    client = signed_in(mona)
    client.get(at("review"))
    with django_assert_num_queries(12):
        client.get(at("review"))
