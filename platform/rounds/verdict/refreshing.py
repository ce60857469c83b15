"""Bringing what people say of a project's versions up to date, in a process of its own."""

import time
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from core import locks
from labeling.models import Annotation, Project, Review
from quality.measuring import SETTLES
from registry.models import ModelVersion
from rounds.models import EFFECT, Ballot, Verdict
from rounds.verdict import compared, figures, judged, judging, votes


def refresh(project_id: int) -> bool:
    """Compute a project's figures anew; False where another process does."""
    with locks.held(f"verdict of project {project_id}") as has:
        if not has:
            return False
        row, _created = Verdict.objects.get_or_create(project_id=project_id)
        Verdict.objects.filter(pk=row.pk).update(began_at=Now(), is_stale=False)
        seen = {
            "last_annotation": _last(Annotation.objects.filter(project=project_id)),
            "last_review": _last(Review.objects.filter(annotation__project=project_id)),
        }
        project = Project.objects.get(pk=project_id)
        more = judging.ask_some(project)
        begun = time.monotonic()
        compared.catch_up(row)
        found = compute(project)
        Verdict.objects.filter(pk=row.pk).update(
            figures=found, computed_at=Now(), seconds=time.monotonic() - begun, **seen
        )
        if more:
            Verdict.objects.filter(pk=row.pk).update(is_stale=True)
    return True


def compute(project: Project) -> figures.Row:
    """What votes and rankings say, each apart."""
    ballot = Ballot.objects.filter(project=project).order_by("-pk").first()
    effect = ballot.effect if ballot else EFFECT
    voted, waiting = votes.of_votes(project), votes.waiting(project)
    keys = {version for pair in voted for version in pair}
    bases = ModelVersion.objects.bases().filter(pk__in=keys).order_by("pk")
    base = bases.values_list("pk", flat=True).first()
    return {
        "effect": effect,
        "pairs": [
            {**row, "waiting": waiting[row["older"], row["newer"]]}
            for row in figures.pairs(voted, effect=effect)
        ],
        "table": figures.standings(voted, base=base),
        "judged": judged.figures(project, voted),
        "rankings": figures.pairs(votes.of_rankings(project), effect=effect),
    }


def _last(rows: QuerySet[Any]) -> int:
    """The newest row before which none can appear any more: keys are given before a commit."""
    settled = rows.filter(created_at__lt=Now() - SETTLES).order_by("-pk")
    return settled.values_list("pk", flat=True).first() or 0
