"""Answers of the API that were kept for a second try."""

import logging

from celery import shared_task

from api import idempotency

logger = logging.getLogger(__name__)


@shared_task(name="workers.sweep_kept_answers")  # type: ignore[untyped-decorator]
def sweep_kept_answers() -> None:
    """Forget those that nobody asks for any more."""
    if gone := idempotency.sweep():
        logger.info("forgot %d kept answers of the API", gone)
