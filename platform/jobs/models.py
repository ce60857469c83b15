"""The job row is the truth, the Celery message only a nudge (docs/decisions/)."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.queries import JobEventQuerySet, JobQuerySet, ReleaseQuerySet, WorkerQuerySet
from jobs.words import explain, worded
from training.contract.events import Log, Metric, Progress, Samples


class Job(models.Model):
    """One piece of work for a worker, with its lease, attempts and outcome."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for the stage before")
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Queue(models.TextChoices):
        DEFAULT = "default"
        GPU = "gpu"

    ENDED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    kind = models.CharField(max_length=40)  # a name in jobs.handlers
    queue = models.CharField(max_length=10, choices=Queue)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    payload = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    # A waiting job is queued when this one succeeds, and cancelled when it fails.
    after = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")

    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    # Raised by each claim; a write that carries an older one is refused (fencing).
    epoch = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=120, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)

    release = models.CharField(max_length=200, default="", blank=True)  # by which it was made
    declined = models.JSONField(default=dict)  # worker -> error code: who leaves it to others

    step = models.PositiveIntegerField(default=0)
    total_steps = models.PositiveIntegerField(default=0)
    eta_seconds = models.FloatField(null=True)
    phase = models.CharField(max_length=60, default="", blank=True)

    error_code = models.CharField(max_length=40, default="", blank=True)
    error = models.TextField(default="", blank=True)
    error_said = models.JSONField(default=dict)  # what the error was made of; see jobs.words

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Times by the database's clock, as the leases are: the clocks of workers may differ.
    created_at = models.DateTimeField(db_default=Now())
    queued_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="jobs_job_running_has_lease",
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "id"],
                name="jobs_job_open",
                condition=models.Q(state__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"job {self.pk} ({self.kind})"

    @property
    def folder(self) -> Path:
        """Where a training process works on it, at each attempt the same, so that it can resume."""
        return Path(settings.JOBS) / str(self.pk)

    @property
    def explanation(self) -> str:
        """What its error means, in the reader's language; `details` has what just happened."""
        return explain(self.error_code) or self.details

    @property
    def details(self) -> str:
        """The error in the reader's language, where it is in words that are known."""
        return worded(self.error, self.error_said)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens to it, unless someone retries it."""
        return self.state in self.ENDED


class Release(models.Model):
    """A version of Rondo that the database was prepared for; the newest is the one that holds."""

    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())

    objects = ReleaseQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A worker's process, as it last reported.

    processes: that share a training on it. shards: each keeps a part of the models only.
    """

    name = models.CharField(max_length=120, unique=True)
    queues = models.JSONField(default=list)
    release = models.CharField(max_length=200)
    processes = models.PositiveIntegerField(default=1)
    shards = models.BooleanField(default=False)
    seen_at = models.DateTimeField(db_default=Now())

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class JobEvent(models.Model):
    """One line of what a job did. Live pages stream these rows by id, so a reconnect has no gap.

    Rows of one job are written under its row's lock: their ids are in the order of their commits.
    """

    class Kind(models.TextChoices):
        STATE = "state"  # the platform's own
        LOG = Log.kind
        PROGRESS = Progress.kind
        METRIC = Metric.kind
        SAMPLE = Samples.kind

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, models.CASCADE, related_name="events")
    epoch = models.PositiveIntegerField()
    # `n` and `seconds` of the line in events.jsonl; null for what the platform itself tells.
    number = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    kind = models.CharField(max_length=10, choices=Kind)
    data = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    objects = JobEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["job", "id"], name="jobs_event_of_job")]
        constraints = [
            # A worker that takes over reads events.jsonl from its start.
            models.UniqueConstraint(fields=["job", "number"], name="jobs_event_number"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} event {self.pk} of job {self.job_id}"
