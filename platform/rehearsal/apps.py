"""The app's registration."""

from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    """Registers `rehearsal`, which brings its command."""

    name = "rehearsal"
