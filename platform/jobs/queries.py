"""Reads: which jobs may be claimed, which were lost, what a live page asks for."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    from jobs.models import Job, JobEvent, Release, Worker  # noqa: F401

LIVING = timedelta(seconds=90)  # since a worker's last report
KEPT = timedelta(days=1)  # that long a dead one is shown


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs. All times are compared on the database's clock."""

    def with_dead_lease(self) -> Self:
        """Running, but their worker has not been heard of for a lease's time."""
        return self.filter(state="running", lease_until__lt=Now())

    def claimable(self) -> Self:
        """A worker may take them: queued, or lost by another worker with attempts left."""
        lost = Q(state="running", lease_until__lt=Now(), attempt__lt=F("max_attempts"))
        return self.filter(Q(state="queued") | lost, cancel_requested_at=None)

    def forgotten(self) -> Self:
        """Claimable for longer than a message takes to arrive, the oldest first."""
        since = Now() - timedelta(seconds=settings.JOB_NUDGE_AGAIN_SECONDS)
        return self.claimable().filter(Q(state="running") | Q(queued_at__lt=since)).order_by("pk")


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases that the database was prepared for."""

    def newest(self) -> "Release | None":
        """The one that holds; None where nobody has said."""
        return self.order_by("-pk").first()


class WorkerQuerySet(models.QuerySet["Worker"]):
    """Workers, by their last report on the database's clock."""

    def living(self) -> Self:
        """Reported lately."""
        return self.filter(seen_at__gt=Now() - LIVING)

    def training(self) -> Self:
        """Those of them that train."""
        return self.living().filter(queues__contains=["gpu"])

    def long_gone(self) -> Self:
        """Of no interest any more."""
        return self.filter(seen_at__lt=Now() - KEPT)


class JobEventQuerySet(models.QuerySet["JobEvent"]):
    """Events of jobs."""

    def after(self, event_id: int) -> Self:
        """What came after the event that a page saw last, in order."""
        return self.filter(id__gt=event_id).order_by("id")

    def newest(self) -> int:
        """The id of the last one; 0 where there is none."""
        return int(self.order_by("-id").values_list("id", flat=True).first() or 0)
