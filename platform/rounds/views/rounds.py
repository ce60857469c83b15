"""Rounds: the list, one round, opening and asking for more."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from labeling import model_fit
from labeling.access import project_for
from labeling.kinds import kinds
from labeling.models import Preamble, Project, Role
from rounds.collecting.asking import Counts, asked
from rounds.collecting.choosing import choices_of
from rounds.collecting.forms import PlanForm
from rounds.collecting.opening import ask_more, open_round
from rounds.collecting.progress import labels_by_kind
from rounds.learning.showing import newest_of
from rounds.left_out import left_out
from rounds.loop import loop_of
from rounds.models import Round
from rounds.queries import label_counts


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_list(request: UserRequest, slug: str) -> HttpResponse:
    """All rounds; POST opens the next one."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    form = PlanForm(request.POST or None, project=project)
    if request.method == "POST" and form.is_valid():
        number = request.POST.get("number", "")
        try:
            opened = open_round(
                project=project,
                by=request.user,
                plan=form.plan(),
                number=int(number) if number.isdecimal() and len(number) < 9 else None,
            )
        except (BadInputError, ConflictError) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Round %s is open.") % opened.number)
            tell_shortfall(request, plan=form.plan(), found=asked(opened))
            return redirect("round", project.slug, opened.number)
    rounds = list(project.rounds.newest_first())
    last = rounds[0] if rounds else None
    preamble, writer = Preamble.objects.in_force(project), model_fit.writer(project)
    context = {
        "project": project,
        "rounds": rounds,
        "form": form,
        "number": last.number + 1 if last else 1,
        "may_open": last is None
        or last.is_over
        or (not last.runs.of_rounds().active().exists() and last.is_evaluated)
        or bool(form.errors),
        "has_prompts": project.prompts.exists(),
        "preamble": preamble,
        "refusal": model_fit.refusal(writer, preamble) if writer else "",
    }
    status = 422 if form.errors else 200
    return render(request, "rounds/round_list.html", context, status=status)


@login_required
@require_safe
def round_detail(request: UserRequest, slug: str, number: int) -> HttpResponse:
    """One round: the loop, labels, runs. htmx asks for the loop, or for all above the form."""
    round_ = find(request, slug, number)
    context: dict[str, Any] = {"loop": loop_of(round_), "round": round_, "project": round_.project}
    partial = request.headers.get("HX-Request") == "true"
    if partial and "part" not in request.GET:
        return render(request, "rounds/_loop.html", context)
    context |= {
        "kinds": kind_rows(round_),
        "left_out": left_out(round_),
        "choices": choices_of(round_),
        "runs": round_.runs.with_parts().order_by("-pk"),
        "totals": total_rows(round_.project),
    }
    if partial:
        return render(request, "rounds/_standing.html", context)
    context["form"] = PlanForm(project=round_.project, plan=round_.plan)
    context["learning"] = newest_of(round_.project)
    return render(request, "rounds/round_detail.html", context)


@login_required
@require_POST
def round_ask(request: UserRequest, slug: str, number: int) -> HttpResponse:
    """Open more tasks in this round."""
    round_ = find(request, slug, number)
    form = PlanForm(request.POST, project=round_.project)
    if form.is_valid():
        try:
            found = ask_more(round_=round_, by=request.user, plan=form.plan())
        except (BadInputError, ConflictError) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The tasks are on their way."))
            tell_shortfall(request, plan=form.plan(), found=found)
            return redirect("round", slug, number)
    context = {
        "round": round_,
        "project": round_.project,
        "loop": loop_of(round_),
        "kinds": kind_rows(round_),
        "left_out": left_out(round_),
        "choices": choices_of(round_),
        "runs": round_.runs.with_parts().order_by("-pk"),
        "form": form,
        "totals": total_rows(round_.project),
        "learning": newest_of(round_.project),
    }
    return render(request, "rounds/round_detail.html", context, status=422)


def tell_shortfall(request: UserRequest, *, plan: Mapping[str, Any], found: Counts) -> None:
    """Say what could not be asked, and why."""
    for name, wanted in plan["tasks"].items():
        if found[name] < wanted:
            text = _(
                "%(kind)s: %(found)s of %(wanted)s, one for each prompt that fits. "
                "Import more prompts for more."
            )
            numbers = {"kind": kinds()[name].plural, "found": found[name], "wanted": wanted}
            messages.warning(request, text % numbers)


def kind_rows(round_: Round) -> list[dict[str, Any]]:
    """What each kind of task has in this round, for the table."""
    counts = labels_by_kind(round_)
    return [
        {"kind": name, "label": kind.label, **counts[name]}
        for name, kind in kinds().items()
        if name in counts
    ]


def total_rows(project: Project) -> list[dict[str, Any]]:
    """How many labels of each kind the project has, for the table."""
    counts = label_counts(project)
    return [
        {"label": kind.plural, **{split: counts[split][name] for split in counts}}
        for name, kind in kinds().items()
    ]


def find(request: UserRequest, slug: str, number: int) -> Round:
    """The round, for a manager of its project."""
    project: Project = project_for(request.user, slug, role=Role.MANAGER)
    rounds = Round.objects.select_related("project__family", "writer", "opened_by", "preamble")
    return get_object_or_404(rounds, project=project, number=number)


def add_errors(form: PlanForm, error: BadInputError | ConflictError) -> None:
    """Show what a service found wrong beside the fields."""
    if isinstance(error, ConflictError):
        form.add_error(None, error.message)
        return
    for name, text in error.errors.items():
        form.add_error(name if name in form.fields else None, text)
