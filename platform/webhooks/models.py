"""Endpoints, what happened, and how the telling of it went."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from labeling.models import Project
from webhooks.queries import DeliveryQuerySet, EndpointQuerySet


class EventType(models.TextChoices):
    """What an endpoint can be told of."""

    ANNOTATION_SUBMITTED = "annotation.submitted", _("An answer was submitted")
    ROUND_COMPLETE = "round.complete", _("All answers that a round asks for are in")
    RUN_ENDED = "run.ended", _("A run has ended, failed or was cancelled")
    MODEL_PROMOTED = "model.promoted", _("A model was promoted")


TEST = "webhook.test"  # is sent when a manager asks for it, whatever the endpoint hears


class Endpoint(models.Model):
    """A server that is told of what happens in a project."""

    class Off(models.TextChoices):
        """Why nothing is sent there."""

        ASKED = "asked", _("Switched off")
        FAILING = "failing", _("Switched off: it failed for days")
        GONE = "gone", _("Switched off: it answered 410 Gone")

    project = models.ForeignKey(Project, models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=40, choices=EventType))
    off = models.CharField(max_length=7, choices=Off, default="")  # "": it is on
    # The secret follows from the seed and from SECRET_KEY (webhooks.secrets): it is not stored.
    seed = models.UUIDField(default=uuid.uuid4)
    fingerprint = models.CharField(max_length=16)  # of the secret, to notice another SECRET_KEY
    old_seed = models.UUIDField(null=True)  # of the secret before, which signs too
    old_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)  # the first failure after the last success
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = EndpointQuerySet.as_manager()

    def __str__(self) -> str:
        return f"webhook {self.pk} of project {self.project_id}"


class Event(models.Model):
    """Something that happened; written in its transaction, sent as these bytes each time."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    key = models.UUIDField(unique=True)  # webhook-id
    type = models.CharField(max_length=40)
    body = models.TextField()
    # What is found out afterwards is told once: by this name.
    once = models.CharField(max_length=80, null=True)  # noqa: DJ001  null: may be told often
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "once"], name="webhooks_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


class Delivery(models.Model):
    """One event on its way to one endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)  # since it was noted or replayed
    due_at = models.DateTimeField(db_default=Now())  # of the next try, while it waits
    created_at = models.DateTimeField(db_default=Now())

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhooks_one_delivery"),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="webhooks_log"),
            models.Index(
                fields=["due_at"], name="webhooks_due", condition=models.Q(state="waiting")
            ),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Problem(models.TextChoices):
    """Why there was no answer."""

    UNRESOLVED = "unresolved", _("Its name was not found")
    FORBIDDEN = "forbidden", _("Its address is not allowed")
    UNREACHABLE = "unreachable", _("It could not be reached")
    TLS = "tls", _("Its certificate was not accepted")
    TIME_OUT = "time_out", _("It took too long")
    NOT_HTTP = "not_http", _("What it answered is not HTTP")
    KEY_CHANGED = "key_changed", _("The server’s key has changed: make a new secret")


class Attempt(models.Model):
    """One try, and what came of it."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    status = models.PositiveSmallIntegerField(null=True)  # of HTTP; None: there was no answer
    problem = models.CharField(max_length=11, choices=Problem, default="")
    answer = models.TextField(default="")  # how it begins
    milliseconds = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"attempt {self.pk}"
