"""The row of a frozen export."""

from django.conf import settings
from django.db import models

from jobs.models import Job
from labeling.models import Project


class FrozenExport(models.Model):
    """A dataset as it was, as one file in the artifact store; until its job has written it, none.

    uri, manifest: of the folder that holds the file alone. sha256, size: of the file, in bytes.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="frozen_exports")
    dataset = models.CharField(max_length=64)
    encoding = models.CharField(max_length=10)
    filters = models.JSONField(default=dict)  # as an address holds them
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="frozen_exports")
    sha256 = models.CharField(max_length=64, default="", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    uri = models.CharField(max_length=500, default="", blank=True)
    manifest = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.file} {self.pk}"

    @property
    def file(self) -> str:
        """The name of the file in its folder."""
        return f"{self.dataset}.{self.encoding}"

    @property
    def state(self) -> str:
        """Of its job, which may be gone."""
        if self.is_there or self.job is None:
            return str(Job.State.SUCCEEDED if self.is_there else Job.State.FAILED)
        return str(self.job.state)

    @property
    def is_there(self) -> bool:
        """Whether the file is written."""
        return bool(self.sha256)
