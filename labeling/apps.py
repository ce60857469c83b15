"""The app's registration."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Registers `labeling`."""

    name = "labeling"

    def ready(self) -> None:
        """Make known what people are told of, and the queues of reviewers."""
        from labeling import told  # noqa: F401, PLC0415  needs the models
        from labeling.proposals import telling  # noqa: F401, PLC0415
        from labeling.review import flagged, waiting  # noqa: F401, PLC0415
