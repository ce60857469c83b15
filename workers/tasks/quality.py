"""Figures about labels follow the labels, in a process of their own."""

from celery import shared_task

from quality.child import CHILD, Child
from rounds.learning.due import due as unfitted
from rounds.verdict.due import due

VERDICTS = Child("rounds.verdict", due)
CURVES = Child("rounds.learning", unfitted)


@shared_task(name="workers.refresh_quality")  # type: ignore[untyped-decorator]
def refresh_quality() -> None:
    """Have new answers looked at; beat sends this every minute, and nobody waits for the end."""
    CHILD.look()


@shared_task(name="workers.refresh_verdicts")  # type: ignore[untyped-decorator]
def refresh_verdicts() -> None:
    """Have new votes counted and new learning curves fitted; beat sends this twice a minute."""
    VERDICTS.look()
    CURVES.look()
