"""Which projects have a learning curve that is not fitted yet; asked by beat."""

from rounds.models import LearningCurve


def due() -> list[int]:
    """The keys of those projects."""
    waiting = LearningCurve.objects.filter(computed_at=None).order_by("run__round__project")
    return list(waiting.values_list("run__round__project", flat=True).distinct())
