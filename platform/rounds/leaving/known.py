"""What the platform has of a person: counted before anything is taken away."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from labeling.models import Annotation, Completion, Membership, Project, Role
from registry.models import ModelVersion
from rounds.models import Snapshot


@dataclass(frozen=True, kw_only=True)
class Known:
    """answers: in every standing. models: those that their answers trained. snapshots: the files
    on disk in which these answers are, word for word, or their texts as others judged them.
    """

    answers: int
    projects: list[Project]
    models: list[ModelVersion]
    snapshots: list[Snapshot]


def known_of(person: User) -> Known:
    """Their answers, and where these went."""
    candidates = Completion.objects.filter(answer__annotator=person)
    judged = Annotation.objects.filter(task__completions__in=candidates)
    theirs = Q(annotations__annotator=person) | Q(annotations__in=judged)
    snapshots = Snapshot.objects.filter(theirs).distinct()
    models = ModelVersion.objects.filter(job__run__snapshot__in=snapshots).distinct()
    projects = Project.objects.filter(annotations__annotator=person).distinct()
    return Known(
        answers=person.annotations.count(),
        projects=list(projects.order_by("name")),
        models=list(models.select_related("family").order_by("pk")),
        snapshots=list(snapshots.select_related("project").order_by("pk")),
    )


def sole_managed(person: User) -> list[Project]:
    """The projects that nobody else manages."""
    others = Membership.objects.filter(
        project=OuterRef("pk"), role=Role.MANAGER, user__is_active=True
    ).exclude(user=person)
    own = Project.objects.filter(
        deletion_asked_at=None, memberships__user=person, memberships__role=Role.MANAGER
    )
    return list(own.exclude(Exists(others)).order_by("name"))
