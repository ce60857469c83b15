"""Webhooks: what is due goes out."""

from celery import shared_task

from webhooks import sending


@shared_task(name="workers.send_webhooks")  # type: ignore[untyped-decorator]
def send_webhooks() -> None:
    """Send what is due; beat sends this every five seconds, and a pass alone does the work."""
    sending.send_due()
