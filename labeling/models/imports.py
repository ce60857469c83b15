"""What was imported: one row for each file of which prompts or labels were stored, or are to be."""

from typing import Any

from django.conf import settings
from django.db import models

from jobs.models import Job
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
    # That stores it; null for what was stored while somebody waited for it.
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="imports")
    # What the job made of it (labeling.import_jobs), {} until then: is_stored, good, known, alike,
    # beyond, rubrics, errors, errors_left_out.
    outcome = models.JSONField(
        blank=True, default=dict, db_default=models.Value({}, models.JSONField())
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

    @property
    def state(self) -> str:
        """Of its job, but that what is stored is stored."""
        if self.outcome:
            return str(Job.State.SUCCEEDED if self.outcome["is_stored"] else Job.State.FAILED)
        return str(Job.State.SUCCEEDED if self.job is None else self.job.state)

    @property
    def standing(self) -> str:
        """Its state, for people."""
        return str(Job.State(self.state).label)

    @property
    def is_stored(self) -> bool:
        """Whether its rows are in the project, or were until it was undone."""
        return self.state == Job.State.SUCCEEDED

    @property
    def is_awaited(self) -> bool:
        """Whether its job has not come to an end."""
        return self.state not in Job.ENDED

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The first of its bad rows, each with `said`, for people."""
        found: list[dict[str, Any]] = self.outcome.get("errors", [])
        return found
