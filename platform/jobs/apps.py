"""The app's registration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    """Registers `jobs`."""

    name = "jobs"

    def ready(self) -> None:
        """Whoever migrates the database notes its version."""
        from jobs.services import install  # noqa: PLC0415  models are not loaded before

        post_migrate.connect(install, sender=self)
