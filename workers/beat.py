"""Celery beat as a thread of a worker: `celery -A workers worker --with-beat`.

Celery's own --beat is one more process, which nobody starts again when it dies.
"""

from typing import Any

import click
from celery import Celery, bootsteps
from celery.beat import EmbeddedService

OPTION = click.Option(["--with-beat"], is_flag=True, help="Run beat in a thread. One worker only.")


class BeatThread(bootsteps.StartStopStep):  # type: ignore[misc]
    """Starts beat with the worker and ends it before the worker's pool."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, with_beat: bool = False, **options: Any) -> None:
        super().__init__(worker, **options)
        self.enabled = with_beat

    def create(self, worker: Any) -> Any:
        """The thread; what was sent when is kept in the file of `--schedule`."""
        return EmbeddedService(worker.app, thread=True, schedule_filename=worker.schedule_filename)


def embed(app: Celery) -> None:
    """Give `app`'s workers the option."""
    app.user_options["worker"].add(OPTION)
    app.steps["worker"].add(BeatThread)
