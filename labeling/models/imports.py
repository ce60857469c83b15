"""What was imported: one row for each file whose prompts were stored."""

from django.conf import settings
from django.db import models

from labeling.models.projects import Project


class Import(models.Model):
    """The prompts that came with one file, as a whole; Prompt.imported names it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="imports")
    name = models.CharField(max_length=200)  # of the file
    form = models.CharField(max_length=20, blank=True, default="")  # such as CSV
    rows = models.PositiveIntegerField()  # prompts in the file, each once
    created = models.PositiveIntegerField()  # of them, those that were new
    # What was found in the file, each as labeling.health.base.Finding.as_json says it.
    health = models.JSONField(
        blank=True, default=list, db_default=models.Value([], models.JSONField())
    )
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="labeling_imports")]

    def __str__(self) -> str:
        return f"import {self.pk}"
