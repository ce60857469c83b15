"""One label: what was shown and answered, what reviewers did, which models it trained."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from labeling import reviewing
from labeling.access import membership_for
from labeling.checks import golds
from labeling.kinds import kinds
from labeling.models import Annotation, Gold, Review, Role
from labeling.views import walking
from notices import services as notices
from rounds.lineage import models_trained_on


@never_cache
@login_required
@require_safe
def label_detail(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """One label, and the models that it trained."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    project = member.project
    found = Annotation.objects.with_content().select_related(
        "annotator", "flagged", "task__preamble"
    )
    label = get_object_or_404(found, project=project, pk=pk)
    notices.see(user=request.user, link=request.path)
    kind = kinds()[label.kind]
    answered = kind.answered(label)
    context = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "label": label,
        "kind": kind,
        "prompt": label.task.prompt,
        "before": label.task.put_before,
        "summary": kind.said(label),
        "answered": answered,
        "drawn_by": kind.forms(label.task) if answered else [],
        "wrote": kind.wrote(label),
        "texts": kind.shown(label),
        "may": reviewing.may(label),
        "place": walking.place(request, project, label.pk),
        "thread": Review.objects.thread(label),
        "gold": Gold.objects.filter(task=label.task).first(),
        "may_be_gold": golds.may_mark(label),
        "others": _others(label),
        "newer": Annotation.objects.filter(revises=label).first(),
        "models": models_trained_on(label),
        "snapshots": label.snapshots.order_by("pk"),
    }
    return render(request, "rounds/label_detail.html", context)


def _others(label: Annotation) -> list[tuple[Annotation, str]]:
    """The newest answers to its task, each by the letters of this one's page."""
    kind = kinds()[label.kind]
    found = label.task.annotations.newest().select_related("annotator").order_by("pk")
    rows = []
    for other in found:
        other.task = label.task
        order, other.shown_order = other.shown_order, label.shown_order
        rows.append((other, kind.listed(other)))
        other.shown_order = order
    return rows
