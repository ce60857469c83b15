"""Reads of the home pages: what is there for this person to do, and how the site is."""

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import User
from core.health import broker
from jobs.models import Job
from labeling.checks.newcomers import TestAhead, tests_ahead
from labeling.kinds import kinds
from labeling.models import (
    Annotation,
    Assignment,
    Membership,
    Project,
    Role,
    Screening,
    Task,
    WantedPrompts,
)
from registry import services as registry
from registry.models import ModelVersion
from rounds.loop import Loop, loop_of
from rounds.models import Round


@dataclass(kw_only=True)
class Card:
    """One project on the home page."""

    project: Project
    role: Role
    left: dict[str, int] = field(default_factory=dict)  # kind -> tasks for this person
    prompts_wanted: int = 0  # that are still to be written
    test: TestAhead | None = None  # what comes before them
    round: Round | None = None

    @property
    def total(self) -> int:
        """How many tasks are left for this person."""
        return sum(self.left.values())

    @property
    def has_work(self) -> bool:
        """Whether there is something to do now."""
        if self.test is None:
            return self.total > 0
        return self.test.state == Screening.State.TEST and self.test.tasks > 0

    @property
    def choices(self) -> list[tuple[str, str, int]]:
        """(kind, its label, tasks left) of each kind that this person may choose."""
        return [(kind, str(kinds()[kind].label), number) for kind, number in self.left.items()]

    @property
    def is_manager(self) -> bool:
        """Sees the loop."""
        return self.role == Role.MANAGER


def cards_for(user: User) -> list[Card]:
    """The projects of `user`, those with work first. A constant number of queries."""
    roles = dict(Membership.objects.filter(user=user).values_list("project", "role"))
    projects = Project.objects.visible_to(user).order_by("name")
    cards = {p.pk: Card(project=p, role=Role(roles.get(p.pk, Role.MANAGER))) for p in projects}
    if user.is_superuser:
        for card in cards.values():
            card.role = Role.MANAGER
    for project, number in WantedPrompts.objects.left_for(user, projects=list(cards)).items():
        cards[project].prompts_wanted = number
    for project, kind, number in work_left(user, projects=list(cards)):
        cards[project].left[kind] = number
    for project, test in tests_ahead(user, cards).items():
        cards[project].test = test
    newest = Round.objects.filter(project__in=cards).order_by("project", "-number")
    for round_ in newest.distinct("project"):
        cards[round_.project_id].round = round_
    return sorted(cards.values(), key=lambda card: not card.has_work)


def work_left(user: User, *, projects: list[int]) -> list[tuple[int, str, int]]:
    """(project, kind, tasks that `user` may still do, begun and lapsed ones among them)."""
    counts: dict[tuple[int, str], int] = {}
    open_tasks = Task.objects.claimable_by(user).filter(project__in=projects).order_by()
    begun = Assignment.objects.in_work(user) | Assignment.objects.resumable_by(user)
    own = begun.filter(task__project__in=projects).exclude(task__gold__is_test=True).order_by()
    rows = [
        *open_tasks.values_list("project", "kind").annotate(n=Count("pk")),
        *own.values_list("task__project", "task__kind").annotate(n=Count("pk")),
    ]
    for project, kind, number in rows:
        counts[project, kind] = counts.get((project, kind), 0) + number
    return [(project, kind, number) for (project, kind), number in sorted(counts.items())]


def week_of(user: User) -> dict[str, Any]:
    """How many labels of the last seven days, a corrected one counted once, and their time."""
    own = Annotation.objects.newest().filter(annotator=user)
    found = own.filter(created_at__gt=timezone.now() - timedelta(days=7)).aggregate(
        labels=Count("pk"), seconds=Sum("active_seconds")
    )
    return {"labels": found["labels"], "seconds": found["seconds"] or 0}


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A project as its managers see it."""

    loop: Loop | None
    prompts: int
    people: int
    active: int  # annotators who labeled today, where the reader is
    labels_today: int
    serving: ModelVersion | None
    has_base: bool
    expects_base: bool  # one is being registered


def overview_of(project: Project) -> Overview:
    """Where the loop stands, and who works on it."""
    current = project.rounds.select_related("project__family", "writer").order_by("-number").first()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = (
        project.annotations.newest()
        .filter(created_at__gte=midnight)
        .aggregate(labels=Count("pk"), active=Count("annotator", distinct=True))
    )
    has_base = ModelVersion.objects.bases().exists()
    coming = Job.objects.filter(kind="base_model").exclude(state__in=Job.ENDED)
    return Overview(
        loop=loop_of(current) if current else None,
        prompts=project.prompts.count(),
        people=project.memberships.count(),
        active=today["active"],
        labels_today=today["labels"],
        serving=registry.serving(project.family),
        has_base=has_base,
        expects_base=not has_base and coming.exists(),
    )


def health() -> dict[str, Any]:
    """How the site is, for its admin."""
    states = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    settings.ARTIFACTS.mkdir(parents=True, exist_ok=True)
    running = Job.objects.filter(state=Job.State.RUNNING).order_by("pk")
    return {
        "broker": broker.answers(),
        "queued": states.get(Job.State.QUEUED, 0) + states.get(Job.State.WAITING, 0),
        "running": list(running[:5]),
        "failed": states.get(Job.State.FAILED, 0),
        "free": shutil.disk_usage(settings.ARTIFACTS).free,
        "bases": list(ModelVersion.objects.bases()[:5]),
    }
