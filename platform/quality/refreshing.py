"""Bringing a project's figures up to date, in the process of quality.program."""

import time

from django.db.models.functions import Now

from core import locks
from quality import agreement, bias, bounds, competence, evidence, measuring, people
from quality.models import ProjectFigures


def refresh(project_id: int) -> bool:
    """Measure what is new and compute the figures anew; False where another process does."""
    with locks.held(f"quality of project {project_id}") as has:
        if not has:
            return False
        begun = time.monotonic()
        figures, _created = ProjectFigures.objects.get_or_create(project_id=project_id)
        ProjectFigures.objects.filter(pk=figures.pk).update(began_at=Now())
        measuring.catch_up(figures)
        golds = evidence.known(project_id)
        if figures.is_stale or golds != figures.golds:
            _compute(project_id)
        ProjectFigures.objects.filter(pk=figures.pk).update(
            computed_at=Now(), is_stale=False, golds=golds, seconds=time.monotonic() - begun
        )
    return True


def _compute(project_id: int) -> None:
    seen = agreement.look(project_id)
    groups = agreement.groups(project_id, seen)
    ProjectFigures.objects.filter(pk=project_id).update(groups=groups)
    bias.compute(project_id)
    bounds.look(project_id, groups)
    competence.compute(project_id)
    people.compute(project_id, seen)
