"""The app's registration."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """Registers `rounds`, and its stages as handlers of jobs."""

    name = "rounds"

    def ready(self) -> None:
        """Make the stages known to workers."""
        from jobs import handlers  # noqa: PLC0415  needs the models
        from rounds import stages  # noqa: PLC0415

        for stage in stages.find().values():
            handlers.register(stage)
        handlers.stand_in(stages.of_job)
