"""Reads: who hears of something, what is due."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Window
from django.db.models.functions import Now, RowNumber

if TYPE_CHECKING:
    from webhooks.models import Delivery, Endpoint  # noqa: F401


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Endpoints."""

    def hearing(self, event: str) -> Self:
        """Those that are on and told of `event`."""
        return self.filter(off="", events__contains=[event])


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries."""

    def due(self) -> Self:
        """Those whose next try has come."""
        return self.filter(state="waiting", due_at__lte=Now())

    def due_by_turns(self, *, each: int) -> Self:
        """The same, the oldest first, at most `each` of an endpoint: none keeps the others."""
        turn = Window(RowNumber(), partition_by=F("endpoint"), order_by=["due_at", "pk"])
        return self.due().annotate(turn=turn).filter(turn__lte=each).order_by("turn", "due_at")
