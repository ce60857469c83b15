"""What a project has set of a kind of annotation, version by version."""

from django.conf import settings
from django.db import models

from labeling.kinds import choices as kind_choices
from labeling.models.projects import Project


class KindSettings(models.Model):
    """One version. It never changes: tasks name the one that they were opened with."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="kind_settings")
    kind = models.CharField(max_length=20, choices=kind_choices)
    number = models.PositiveIntegerField()
    content = models.JSONField()  # of the form of the kind's `Settings`
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "number"], name="labeling_kind_settings_once"
            ),
        ]

    def __str__(self) -> str:
        return f"settings v{self.number} of {self.kind} in {self.project_id}"
