"""The app's registration."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """Registers `rounds`, and its stages as kinds of jobs."""

    name = "rounds"

    def ready(self) -> None:
        """Make the stages known to workers."""
        from jobs import kinds as job_kinds  # noqa: PLC0415  needs the models
        from rounds.kinds import ALL  # noqa: PLC0415

        for kind in ALL:
            job_kinds.register(kind())
