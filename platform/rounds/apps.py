"""The app's registration."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """Registers `rounds`."""

    name = "rounds"
