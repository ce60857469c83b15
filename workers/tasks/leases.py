"""What happens to labels by itself: reservations end, answers are drawn for a look."""

from celery import shared_task

from labeling import slots
from labeling.review import items


@shared_task(name="workers.expire_leases")  # type: ignore[untyped-decorator]
def expire_leases() -> None:
    """Free the slots of dead leases; beat sends this every minute."""
    slots.expire_everywhere()


@shared_task(name="workers.draw_spot_checks")  # type: ignore[untyped-decorator]
def draw_spot_checks() -> None:
    """Draw answers for reviewers from what came since; beat sends this every minute."""
    items.draw_everywhere()
