"""What was imported: one row for each file of which prompts or labels were stored."""

from django.conf import settings
from django.db import models

from labeling.models.projects import Project


class Import(models.Model):
    """What came with one file, as a whole; Prompt.imported and ImportedLabel.imported name it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="imports")
    name = models.CharField(max_length=200)  # of the file
    form = models.CharField(max_length=20, blank=True, default="")  # such as CSV
    # Of its rows: a name of labeling.formats; "" for files of prompts of earlier versions.
    format = models.CharField(max_length=20, blank=True, default="", db_default="")
    rows = models.PositiveIntegerField()  # prompts in the file, each once
    created = models.PositiveIntegerField()  # of them, those that were new
    # What was found in the file, each as labeling.health.base.Finding.as_json says it.
    health = models.JSONField(
        blank=True, default=list, db_default=models.Value([], models.JSONField())
    )
    labels = models.PositiveIntegerField(default=0, db_default=0)  # that were new
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
