"""One run: state, curves, samples, log, settings, data; and its evaluation."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from core.errors import NotFoundError
from jobs.models import Job
from labeling.access import require_role
from labeling.models import Role
from quality.ceiling import ceiling
from registry import services as registry
from rounds.evaluation.outcome import compare
from rounds.launching import launching
from rounds.left_out import left_out_of
from rounds.models import Evaluation, Run
from rounds.stages import get
from rounds.stages.setting import told
from rounds.views.texts import run_words


def find(request: UserRequest, pk: int) -> Run:
    """The run, for a manager of its project."""
    run = Run.objects.with_parts().select_related("launched_by", "round__writer").filter(pk=pk)
    if (found := run.first()) is None:
        raise NotFoundError
    require_role(found.round.project, request.user, role=Role.MANAGER)
    return found


@never_cache
@login_required
@require_safe
def run_detail(request: UserRequest, pk: int) -> HttpResponse:
    """The page follows the job's events by itself; htmx asks for head or chain alone."""
    run = find(request, pk)
    context: dict[str, Any] = {
        "run": run,
        "job": run.job,
        "round": run.round,
        "project": run.round.project,
        "made": getattr(run.job, "model_version", None),
        "evaluation": Evaluation.objects.filter(run=run).first(),
        "left_out": left_out_of(run),
        "has_ended": run.job.state in Job.ENDED,
        "may_retry": run.job.state in {Job.State.FAILED, Job.State.CANCELLED},
    }
    partial = request.headers.get("HX-Request") == "true"
    if partial and "part" not in request.GET:
        return render(request, "rounds/_run_head.html", context)
    chain = chain_of(run)
    context |= {"chain": chain, "chain_goes_on": any(not one.job.has_ended for one in chain)}
    if partial:
        return render(request, "rounds/_chain.html", context)
    context |= {
        "settings": settings_of(run),
        "curves": curves_of(run),
        "data": data_of(run),
        "ceiling": ceiling(run.round.project) if has_accuracy(run.job.result) else None,
        "words": run_words(run),
    }
    return render(request, "rounds/run_detail.html", context)


@login_required
@require_POST
def run_cancel(request: UserRequest, pk: int) -> HttpResponse:
    """Stop it."""
    launching.cancel(run=find(request, pk), by=request.user)
    messages.info(request, _("The run is being stopped."))
    return redirect("run", pk)


@login_required
@require_POST
def run_retry(request: UserRequest, pk: int) -> HttpResponse:
    """Go on from the newest checkpoint."""
    launching.retry(run=find(request, pk), by=request.user)
    messages.info(request, _("The run is queued again and goes on from its newest checkpoint."))
    return redirect("run", pk)


@never_cache
@login_required
@require_safe
def evaluation(request: UserRequest, pk: int) -> HttpResponse:
    """Is the new one better?"""
    run = find(request, pk)
    found = (
        Evaluation.objects.filter(run=run)
        .select_related("before", "after", "reference", "reward_model", "second_reward_model")
        .first()
    )
    if found is None:
        raise NotFoundError(_("This run has no evaluation yet."))
    context = {
        "run": run,
        "round": run.round,
        "project": run.round.project,
        "outcome": compare(found),
        "ceiling": ceiling(run.round.project),
        "serving": registry.serving(run.round.project.family),
    }
    return render(request, "rounds/evaluation.html", context)


def has_accuracy(result: dict[str, Any] | None) -> bool:
    """Whether it says how many held-out pairs were put in the right order."""
    return ((result or {}).get("heldout") or {}).get("accuracy") is not None


def chain_of(run: Run) -> list[Run]:
    """The runs of the round that were launched, oldest first."""
    return list(run.round.runs.in_chains().select_related("job").order_by("pk"))


def curves_of(run: Run) -> list[dict[str, Any]]:
    """What the curves of its stage mean, as JSON for the page's script."""
    return [
        {**asdict(curve), "label": str(curve.label), "hint": str(curve.hint)}
        for curve in get(run.stage).curves
    ]


def settings_of(run: Run) -> list[dict[str, Any]]:
    """Names and values as they were at launch; last those that this version does not know."""
    settings = {setting.name: setting for setting in get(run.stage).settings}
    known = [setting for name, setting in settings.items() if name in run.recipe]
    told_elsewhere = {"preamble"}
    unknown = [name for name in run.recipe if name not in {*settings, *told_elsewhere}]
    return [
        *({"label": each.label, "value": each.told(run.recipe[each.name])} for each in known),
        *({"label": name.replace("_", " "), "value": told(run.recipe[name])} for name in unknown),
    ]


def data_of(run: Run) -> dict[str, Any] | None:
    """How many labels its snapshot holds, and how many rows of each table by split."""
    if run.snapshot is None:
        return None
    titles = {"train": _("Training examples"), "heldout": _("Held-out")}
    return {
        "labels": run.snapshot.annotations.count(),
        "splits": [(titles[split], by) for split, by in sorted(run.snapshot.counts.items())][::-1],
    }
