"""The app's registration."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Registers `registry`."""

    name = "registry"
