"""The app's registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers `api` and its job."""

    name = "api"

    def ready(self) -> None:
        """Make the job that freezes exports known to workers."""
        from api.exports.freezing import FreezeExport  # noqa: PLC0415  needs the models
        from jobs import handlers  # noqa: PLC0415

        handlers.register(FreezeExport())
