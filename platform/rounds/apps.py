"""The app's registration."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """Registers `rounds`, its stages as handlers of jobs, and who writes the next round."""

    name = "rounds"

    def ready(self) -> None:
        """Make the stages known to workers, and the next writer to imports."""
        from jobs import handlers  # noqa: PLC0415  needs the models
        from labeling import editing, model_fit  # noqa: PLC0415
        from rounds import stages, told  # noqa: F401, PLC0415
        from rounds.collecting import opening, pending  # noqa: PLC0415
        from rounds.leaving.handlers import ErasePerson  # noqa: PLC0415
        from rounds.replying.handler import Reply  # noqa: PLC0415
        from rounds.retiring.handlers import DeleteProject, RemoveFiles  # noqa: PLC0415

        for handler in (DeleteProject(), RemoveFiles(), ErasePerson(), Reply()):
            handlers.register(handler)
        for stage in stages.find().values():
            handlers.register(stage)
        handlers.stand_in(stages.of_job)
        model_fit.written_by(opening.next_writer)
        editing.waits(pending.waits_for)
