"""The app's registration."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers `web`."""

    name = "web"
