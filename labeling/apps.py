"""The app's registration."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Registers `labeling`."""

    name = "labeling"
