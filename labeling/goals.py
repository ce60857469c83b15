"""How much somebody wants to answer in a day or a week, and how far they are. Nobody is held to it.

A project's managers propose a goal, each member may have another one or none. Days and weeks are
those of the reader's time zone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError
from labeling.models import MOST_ANSWERS, Annotation, Membership, Period, Project

Standing = Annotation.Standing
# Whatever is superseded, taken back, excluded or sent back does not stand. Checks do: a counter
# that passed them over would tell which tasks they are.
STANDING = [Standing.COUNTS, Standing.SURPLUS, Standing.OVERRULED, Standing.CHECK]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """So many answers in a period."""

    answers: int
    period: Period


@dataclass(frozen=True, kw_only=True)
class Done:
    """So many answers, and the seconds of work in them."""

    answers: int
    seconds: int


def goal_of(member: Membership) -> Goal | None:
    """What `member` wants, else what their project proposes; None for no goal. No query."""
    of = member if member.goal is not None else member.project
    return Goal(answers=of.goal, period=Period(of.goal_period)) if of.goal else None


def begin_of(period: Period) -> datetime:
    """The last midnight where the reader is, or that of the last Monday."""
    today = timezone.localtime().date()
    first = today - timedelta(days=today.weekday()) if period == Period.WEEK else today
    return timezone.make_aware(datetime.combine(first, datetime.min.time()))


def end_of(period: Period) -> datetime:
    """The midnight at which the next one begins."""
    day = timezone.localtime(begin_of(period)).date()
    last = day + timedelta(days=7 if period == Period.WEEK else 1)
    return timezone.make_aware(datetime.combine(last, datetime.min.time()))


def done(*, project: Project, person: User, period: Period) -> Done:
    """The answers of `person` in this period that stand; a correction takes the place of its first.

    One look into the index of a project's latest answers.
    """
    found = Annotation.objects.filter(project=project, created_at__gte=begin_of(period))
    mine = found.filter(annotator=person, standing__in=STANDING)
    sums = mine.aggregate(answers=Count("pk"), seconds=Sum("active_seconds", default=0))
    return Done(**sums)


@transaction.atomic
def choose(*, member: Membership, answers: int | None, period: str) -> None:
    """Store the goal that `member` has chosen; None: the project's, 0: none."""
    if period not in Period.values or not 0 <= (answers or 0) <= MOST_ANSWERS:
        raise BadInputError(_("Choose a number of answers, and a day or a week."))
    Membership.objects.filter(pk=member.pk).update(goal=answers, goal_period=period)
