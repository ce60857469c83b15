"""Reviewing one answer after the other."""

from typing import Any

import pytest

from accounts.models import User
from labeling.models import Annotation, Project, Review, ReviewSettings, Role
from labeling.review import items
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.views.asking import at, signed_in


@pytest.fixture
def rita(project: Project) -> User:
    """A reviewer."""
    return make_member(project, "Rita", Role.REVIEWER)


@pytest.fixture
def two(project: Project, ada: User, mona: User) -> list[Annotation]:
    """Two answers; all are drawn."""
    items.set_rate(project=project, by=mona, percent=100)
    return [make_annotation(make_task(project), annotator=ada) for _ in range(2)]


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
    assert there["Location"] == at("label", two[0].pk)


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
    with django_assert_num_queries(13):
        client.get(at("review"))
