"""Bringing a project's figures up to date, in the process of quality.program."""

import time

from django.db.models import Count
from django.db.models.functions import Now

from core import locks
from quality import agreement, bias, bounds, competence, evidence, measuring, people
from quality.models import ProjectFigures, TaskAgreement


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
    chosen = _chosen(project_id)
    for group in groups:
        if group["by"] == "all":
            group["chosen"] = chosen.get(group["kind"], 0)
    ProjectFigures.objects.filter(pk=project_id).update(groups=groups)
    bias.compute(project_id)
    bounds.look(project_id, groups)
    competence.compute(project_id)
    people.compute(project_id, seen)


def _chosen(project_id: int) -> dict[str, int]:
    """How many tasks of each kind several people answered that are left out, not being random."""
    rows = TaskAgreement.objects.filter(project=project_id, task__is_chosen=True).order_by()
    return dict(rows.values_list("kind").annotate(Count("pk")))
