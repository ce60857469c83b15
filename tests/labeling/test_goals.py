"""Goals: whose holds, when a day ends where somebody is, and which answers count."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from core.errors import BadInputError
from labeling import goals
from labeling.goals import Goal
from labeling.models import Annotation, Membership, Period, Project
from tests.factories import make_annotation, make_project, make_task

NIGHT = datetime(2026, 5, 14, 1, 30, tzinfo=UTC)  # a Thursday; in New York still Wednesday


@pytest.fixture
def member(project: Project, ada: User) -> Membership:
    """Ada's place."""
    return Membership.objects.get(project=project, user=ada)


def goal(member: Membership) -> Goal | None:
    return goals.goal_of(Membership.objects.select_related("project").get(pk=member.pk))


def test_ones_own_goal_comes_before_the_projects(project: Project, member: Membership) -> None:
    assert goal(member) is None
    Project.objects.filter(pk=project.pk).update(goal=40, goal_period="week")
    assert goal(member) == Goal(answers=40, period=Period.WEEK)
    goals.choose(member=member, answers=5, period="day")
    assert goal(member) == Goal(answers=5, period=Period.DAY)
    goals.choose(member=member, answers=0, period="day")
    assert goal(member) is None
    goals.choose(member=member, answers=None, period="day")
    assert goal(member) == Goal(answers=40, period=Period.WEEK)


@pytest.mark.parametrize(("answers", "period"), [(-1, "day"), (10_001, "day"), (5, "year")])
def test_what_is_no_goal_is_refused(member: Membership, answers: int, period: str) -> None:
    with pytest.raises(BadInputError):
        goals.choose(member=member, answers=answers, period=period)


@pytest.mark.parametrize(
    ("zone", "day", "week"),
    [
        ("UTC", "2026-05-14T00:00:00+00:00", "2026-05-11T00:00:00+00:00"),
        ("America/New_York", "2026-05-13T00:00:00-04:00", "2026-05-11T00:00:00-04:00"),
        ("Asia/Shanghai", "2026-05-14T00:00:00+08:00", "2026-05-11T00:00:00+08:00"),
    ],
)
def test_days_and_weeks_begin_where_the_reader_is(
    monkeypatch: pytest.MonkeyPatch, zone: str, day: str, week: str
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    with timezone.override(ZoneInfo(zone)):
        assert goals.begin_of(Period.DAY).isoformat() == day
        assert goals.begin_of(Period.WEEK).isoformat() == week


def test_a_day_without_an_hour_still_ends_at_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    change = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)  # clocks go forward in Berlin
    monkeypatch.setattr(timezone, "now", lambda: change)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert goals.begin_of(Period.DAY).isoformat() == "2026-03-29T00:00:00+01:00"
        assert goals.end_of(Period.DAY).isoformat() == "2026-03-30T00:00:00+02:00"


def test_answers_that_stand_are_counted(project: Project, ada: User, bob: User) -> None:
    for standing in Annotation.Standing.values:
        make_annotation(make_task(project), annotator=ada, standing=standing)
    make_annotation(make_task(project), annotator=bob)
    make_annotation(make_task(make_project()), annotator=ada)
    old = make_annotation(make_task(project), annotator=ada)
    before = goals.begin_of(Period.WEEK) - timezone.timedelta(seconds=1)
    Annotation.objects.filter(pk=old.pk).update(created_at=before)

    for period in Period:
        # Those that count, came late, were overruled or were checks.
        assert goals.done(project=project, person=ada, period=period).answers == 4
