"""The app's registration."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Registers `labeling`."""

    name = "labeling"

    def ready(self) -> None:
        """Make known what people are told of, queues of reviewers, and content warnings."""
        from jobs import handlers  # noqa: PLC0415  needs the models
        from labeling import content_warnings, told  # noqa: F401, PLC0415
        from labeling.import_jobs import ImportFile  # noqa: PLC0415
        from labeling.proposals import telling  # noqa: F401, PLC0415
        from labeling.review import flagged, waiting  # noqa: F401, PLC0415

        handlers.warn_of(content_warnings.warned_among)
        handlers.register(ImportFile())
