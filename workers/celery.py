"""The Celery app; the name lets `celery -A workers` find it."""

import os
import warnings

from celery import Celery, signals
from celery.platforms import SecurityWarning

from core.lean import be_lean
from workers import beat

# It warns root of pickled messages; ours are JSON, with one number in them.
warnings.filterwarnings("ignore", category=SecurityWarning)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("workers")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["workers"])
beat.embed(app)


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def _be_lean(**_: object) -> None:
    be_lean()
