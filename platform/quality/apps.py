"""The app's registration."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Registers `quality`, with reviewers the tasks whose answers differ, and its notice."""

    name = "quality"

    def ready(self) -> None:
        """Add its queue to those of reviewers, and its figure to the names of people there."""
        from labeling import review  # noqa: PLC0415  needs the models
        from quality import told  # noqa: F401, PLC0415
        from quality.least import LeastAgreement  # noqa: PLC0415
        from quality.reliability import BesideNames  # noqa: PLC0415

        review.register(LeastAgreement())
        review.show_beside_names(BesideNames())
