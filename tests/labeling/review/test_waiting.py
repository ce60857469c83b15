"""What reviewers look at next: the same for all, each answer once, never one's own."""

from typing import Any

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from labeling import reviewing, revising
from labeling.models import Annotation, Project, Review, ReviewItem, ReviewSettings, Role
from labeling.review import Asked, items, queues
from labeling.submitting import submit
from notices.models import Notice
from tests.factories import make_annotation, make_member, make_task


@pytest.fixture
def rita(project: Project) -> User:
    """A reviewer."""
    return make_member(project, "Rita", Role.REVIEWER)


def answers(project: Project, annotator: User, count: int, **fields: Any) -> list[Annotation]:
    return [
        make_annotation(make_task(project), annotator=annotator, **fields) for _ in range(count)
    ]


def waiting(queue: str, project: Project, reviewer: User, **fields: Any) -> list[int]:
    """The answers of a queue in their order, as one goes through them without doing anything."""
    found: list[int] = []
    while True:
        asked = Asked(project=project, reviewer=reviewer, later=found, **fields)
        key = queues()[queue].first(asked)
        if key is None:
            left = queues()[queue].left(Asked(project=project, reviewer=reviewer, **fields))
            assert left == len(found)
            return found
        found.append(key)


def draw_all(project: Project) -> None:
    while items.draw(project=project):
        pass


def test_spot_checks_are_drawn_at_the_rate_and_the_same_each_time(project: Project, ada, rita):
    sam = make_member(project, "Sam", Role.REVIEWER)
    made = answers(project, ada, 60)
    items.set_rate(project=project, by=rita, percent=40)
    settings = ReviewSettings.objects.get(project=project)
    expected = [a.pk for a in made if items.is_drawn(settings, a.pk)]
    draw_all(project)
    draw_all(project)
    assert 10 < len(expected) < 40
    assert waiting("spot", project, rita) == waiting("spot", project, sam) == expected


def test_a_higher_rate_draws_more_and_keeps_what_was_checked(project: Project, ada, rita):
    made = answers(project, ada, 40)
    items.set_rate(project=project, by=rita, percent=30)
    draw_all(project)
    before = waiting("spot", project, rita)
    reviewing.approve(annotation=Annotation.objects.get(pk=before[0]), by=rita)
    items.set_rate(project=project, by=rita, percent=100)
    draw_all(project)
    assert waiting("spot", project, rita) == [a.pk for a in made if a.pk != before[0]]
    items.set_rate(project=project, by=rita, percent=0)
    draw_all(project)
    assert waiting("spot", project, rita) == []
    assert items.outcomes(project) == {"approved": 1}
    details = AuditEntry.objects.filter(action="review.rate").order_by("pk")
    assert [entry.details["percent"] for entry in details] == [30, 100, 0]


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_rate_is_a_percentage(project: Project, rita: User, percent: int):
    with pytest.raises(BadInputError):
        items.set_rate(project=project, by=rita, percent=percent)


def test_the_rate_is_kept_over_many_answers():
    settings = ReviewSettings(spot_percent=5)
    drawn = sum(items.is_drawn(settings, key) for key in range(20_000))
    assert 850 < drawn < 1150
    other = ReviewSettings(spot_percent=5)
    same = [items.is_drawn(settings, key) == items.is_drawn(other, key) for key in range(2000)]
    assert not all(same)


def test_each_answer_is_checked_once_and_one_does_not_check_oneself(project: Project, ada, rita):
    items.set_rate(project=project, by=rita, percent=100)
    (first, second) = answers(project, ada, 2)
    (own,) = answers(project, rita, 1)
    draw_all(project)
    assert waiting("spot", project, rita) == [first.pk, second.pk]
    reviewing.approve(annotation=first, by=rita)
    reviewing.approve(annotation=first, by=rita)
    assert Review.objects.filter(verb="approved").count() == 1
    assert not Notice.objects.filter(event="reviewed").exists()
    assert Review.objects.unseen_by(ada).count() == 0
    with pytest.raises(ConflictError):
        reviewing.approve(annotation=own, by=rita)
    assert waiting("spot", project, rita) == [second.pk]
    reviewing.comment(annotation=second, by=rita, text="Why?")  # not yet a verdict
    assert waiting("spot", project, rita) == [second.pk]


def test_replies_and_corrections_wait_until_a_reviewer_says_something(project: Project, ada, rita):
    (first, second) = answers(project, ada, 2)
    reviewing.send_back(annotation=first, by=rita, text="Again.")
    assert waiting("replies", project, rita) == []
    reviewing.comment(annotation=second, by=ada, text="I was not sure.")
    row = revising.revise(annotation=first, by=ada)
    newer = submit(
        assignment=row, body={"text": "Seven."}, client_key=row.client_key, active_seconds=1
    )
    assert waiting("replies", project, rita) == [second.pk, newer.pk]
    reviewing.comment(annotation=second, by=rita, text="Fine.")
    reviewing.approve(annotation=newer, by=rita)
    assert waiting("replies", project, rita) == []
    reviewing.comment(annotation=second, by=ada, text="Thanks!")
    assert waiting("replies", project, rita) == [second.pk]


def test_what_was_corrected_meanwhile_does_not_wait(project: Project, ada, rita):
    items.set_rate(project=project, by=rita, percent=100)
    (first,) = answers(project, ada, 1)
    draw_all(project)
    row = revising.revise(annotation=first, by=ada)
    newer = submit(
        assignment=row, body={"text": "Seven."}, client_key=row.client_key, active_seconds=1
    )
    draw_all(project)
    assert waiting("spot", project, rita) == [newer.pk]


def test_one_persons_answers_come_newest_first_without_those_found_right(project, ada, bob, rita):
    mine = answers(project, ada, 3)
    answers(project, bob, 1)
    reviewing.approve(annotation=mine[1], by=rita)
    assert waiting("person", project, rita, person=ada.pk) == [mine[2].pk, mine[0].pk]
    assert ReviewItem.objects.count() == 0
