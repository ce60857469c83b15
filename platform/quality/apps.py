"""The app's registration."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Registers `quality`."""

    name = "quality"
