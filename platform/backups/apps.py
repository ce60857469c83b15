"""The app's registration."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Registers `backups`, for its commands."""

    name = "backups"
