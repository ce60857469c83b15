"""The app's registration."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Registers `core`."""

    name = "core"
