"""The app's registration."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Registers `quality`, with reviewers the tasks whose answers differ, and its notice."""

    name = "quality"

    def ready(self) -> None:
        """Add its queue to those of reviewers."""
        from labeling import review  # noqa: PLC0415  needs the models
        from quality import told  # noqa: F401, PLC0415
        from quality.least import LeastAgreement  # noqa: PLC0415

        review.register(LeastAgreement())
