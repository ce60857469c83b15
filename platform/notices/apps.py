"""The app's registration."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers `notices`."""

    name = "notices"
