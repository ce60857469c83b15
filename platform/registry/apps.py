"""The app's registration."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Registers `registry` and its job kind."""

    name = "registry"

    def ready(self) -> None:
        """Make the kind known to the workers."""
        from jobs import kinds  # noqa: PLC0415  models are not loaded before
        from registry.kinds import BaseModelJob  # noqa: PLC0415

        kinds.register(BaseModelJob())
