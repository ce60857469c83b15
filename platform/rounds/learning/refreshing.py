"""Fitting a project's new learning curves, in a process of its own: it loads NumPy."""

from django.db.models.functions import Now

from rounds.learning.figures import outlook_of
from rounds.models import LearningCurve


def refresh(project_id: int) -> None:
    """Each once: a run's points never change."""
    for row in LearningCurve.objects.filter(run__round__project=project_id, computed_at=None):
        points = [(point["labels"], point["accuracy"]) for point in row.points]
        LearningCurve.objects.filter(pk=row.pk).update(
            outlook=outlook_of(points), computed_at=Now()
        )
