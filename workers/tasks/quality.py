"""Figures about labels follow the labels, in a process of their own."""

from celery import shared_task

from quality.child import CHILD


@shared_task(name="workers.refresh_quality")  # type: ignore[untyped-decorator]
def refresh_quality() -> None:
    """Have new answers looked at; beat sends this every minute, and nobody waits for the end."""
    CHILD.look()
