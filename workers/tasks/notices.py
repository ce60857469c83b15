"""Notices by mail."""

from celery import shared_task

from notices import mailing


@shared_task(name="workers.send_notices")  # type: ignore[untyped-decorator]
def send_notices() -> None:
    """Send the mails that are due; beat sends this twice a minute."""
    mailing.send_due()
