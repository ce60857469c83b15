"""The app's registration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers `web`."""

    name = "web"

    def ready(self) -> None:
        """Make the sample project's job known to the workers."""
        from jobs.handlers import register  # noqa: PLC0415  models are not loaded before
        from web.demo import OpenFirstRound  # noqa: PLC0415

        register(OpenFirstRound())
