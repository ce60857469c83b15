"""Reservations of annotators end on time, whether or not someone asks for a task."""

from celery import shared_task

from labeling import slots


@shared_task(name="workers.expire_leases")  # type: ignore[untyped-decorator]
def expire_leases() -> None:
    """Free the slots of dead leases; beat sends this every minute."""
    slots.expire_everywhere()
