"""The app's registration."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Registers `registry` and the handler of its jobs."""

    name = "registry"

    def ready(self) -> None:
        """Make the handler known to the workers."""
        from jobs import handlers  # noqa: PLC0415  models are not loaded before
        from registry.handlers import BaseModelJob  # noqa: PLC0415

        handlers.register(BaseModelJob())
