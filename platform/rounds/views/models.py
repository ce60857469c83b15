"""Models, and the labels that made them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from core.errors import BadInputError, NotFoundError
from labeling.access import project_for
from labeling.models import Project, Role
from quality.ceiling import ceiling
from registry import services as registry
from registry import store
from registry.models import AliasChange, ModelVersion
from rounds.evaluation.grounds import grounds_of
from rounds.evaluation.promoting import promote
from rounds.learning.showing import learning_of
from rounds.lineage import ancestors, rounds_written_by, run_that_made, tree
from rounds.models import Evaluation, Run
from rounds.stages import get
from rounds.views.runs import has_accuracy, settings_of


@login_required
@require_safe
def model_list(request: UserRequest, slug: str) -> HttpResponse:
    """The family tree, what serves, and what served before."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    changes = AliasChange.objects.filter(family=project.family).order_by("-pk")
    context = {
        "project": project,
        "tree": tree(project),
        "serving": registry.serving(project.family),
        "changes": changes.select_related("version", "previous", "changed_by", "reason")[:20],
    }
    return render(request, "rounds/model_list.html", context)


@never_cache
@login_required
@require_safe
def model_detail(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """The card of one version."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    version = find_version(project, pk)
    run = run_that_made(version)
    context: dict[str, Any] = {
        "project": project,
        "version": version,
        "run": run,
        "settings": settings_of(run) if run else [],
        "labels": run.snapshot.annotations.count() if run and run.snapshot else 0,
        "ancestors": ancestors(version),
        "children": version.children.filter(family=project.family).order_by("pk"),
        "rounds": [r for r in rounds_written_by(version) if r.project_id == project.pk],
        "evaluations": Evaluation.objects.filter(after=version).select_related("run", "before"),
        "serving": registry.serving(project.family),
        "may_serve": version.writes,
        "scores": scores_of(version, run),
        "ceiling": ceiling(project) if has_accuracy(version.metrics) else None,
        "learns": version.kind in {ModelVersion.Kind.REWARD, ModelVersion.Kind.SECOND},
        "learning": learning_of(run),
        "folder": store.shown(version.uri),
        "grounds": grounds_of(project, version) if version.writes else None,
    }
    return render(request, "rounds/model_detail.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def model_promote(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """What speaks for it and against it; POST promotes it."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    version = find_version(project, pk)
    reason = request.POST.get("reason", "")
    problem = ""
    if request.method == "POST":
        try:
            promote(project=project, version=version, by=request.user, reason=reason)
        except BadInputError as error:
            problem = error.message
    if request.method != "POST" or problem:
        context = {
            "project": project,
            "version": version,
            "grounds": grounds_of(project, version),
            "reason": reason,
            "problem": problem,
        }
        status = 422 if problem else 200
        return render(request, "rounds/model_promote.html", context, status=status)
    text = _("%s serves now: it writes the completions of the next round.") % version.name
    messages.success(request, text)
    return redirect("models", slug)


def find_version(project: Project, pk: int) -> ModelVersion:
    """A version of the project's family, or a base model, which belongs to all."""
    version = ModelVersion.objects.select_related("parent", "job").filter(pk=pk).first()
    if version is None or version.family_id not in {project.family_id, None}:
        raise NotFoundError
    return version


def scores_of(version: ModelVersion, run: Run | None) -> list[tuple[str, Any]]:
    """The single numbers of the version's metrics, those on held-out labels among them."""
    heldout = version.metrics.get("heldout") or {}
    found = {**version.metrics, **{f"heldout_{name}": value for name, value in heldout.items()}}
    stage = get(run.stage) if run else None
    return [
        (stage.figure(name) if stage else name.replace("_", " "), value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
