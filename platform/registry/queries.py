"""Reads of model versions."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from registry.models import ModelVersion  # noqa: F401


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """Model versions."""

    def bases(self) -> Self:
        """Base models, the newest first: what a first round takes unless one is chosen."""
        return self.filter(kind="base").order_by("-pk")
