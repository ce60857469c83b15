"""Reads: what the pages, exports and snapshots ask of the labeling tables."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from accounts.models import User
    from labeling.models import Annotation, Assignment, Project, Prompt, Task  # noqa: F401


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects."""

    def visible_to(self, user: "User") -> Self:
        """The projects that `user` may see: the site admin all, others where they are members."""
        return self if user.is_superuser else self.filter(memberships__user=user)


class PromptQuerySet(models.QuerySet["Prompt"]):
    """Prompts."""


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks."""


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments."""


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Annotations."""

    def counted(self) -> Self:
        """Those that count: surplus ones are kept, not used."""
        return self.filter(is_surplus=False)
