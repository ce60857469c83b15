"""Settings, URLs and entry points: the one package that knows everybody."""

from workers.celery import app as celery_app

__all__ = ["celery_app"]
