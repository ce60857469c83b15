"""What people say of the models, blind; and asking them."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError, NotEnoughDataError
from labeling.access import project_for
from labeling.models import Project, Role
from registry.models import ModelVersion
from rounds.models import Ballot
from rounds.verdict import asking, texts, writing
from rounds.verdict.drawing import Shelf
from rounds.verdict.forms import BallotForm, proposed
from rounds.verdict.reading import ballots_of, verdict_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verdict(request: UserRequest, slug: str) -> HttpResponse:
    """The figures, and what was asked; POST asks. htmx asks for the list of ballots alone."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    if request.headers.get("HX-Request") == "true" and request.GET.get("part") == "ballots":
        return render(request, "rounds/_ballots.html", {"project": project, **asked_in(project)})
    versions = texts.comparable(project)
    ticked = proposed(versions, texts.evaluated(project), request.GET.getlist("versions"))
    form = BallotForm(request.POST or None, versions=versions, initial={"versions": ticked})
    if request.method == "POST" and form.is_valid():
        try:
            ballot = asking.ask(project=project, by=request.user, **form.asked())
        except (BadInputError, NotEnoughDataError) as error:
            form.add_error("versions", error.message)
        else:
            tell(request, ballot)
            return redirect("verdict", slug)
    if form.is_bound:
        ticked = list(form.cleaned_data.get("versions", []))
    stock = stock_of(project, ticked)
    there, missing = (sum(row[name] for row in stock) for name in ("there", "missing"))
    # It is proposed to write where nothing can be asked without.
    form.initial["is_written"] = bool(missing and not there)
    context = {
        "project": project,
        "form": form,
        "may_ask": len(versions) > 1,
        "stock": stock,
        "left": there + missing,
        "shown": verdict_of(project),
        **asked_in(project),
    }
    return render(request, "rounds/verdict.html", context, status=422 if form.errors else 200)


def asked_in(project: Project) -> dict[str, Any]:
    """What was asked, and whether it is worth another look: while texts are being written."""
    ballots = ballots_of(project)
    renews = any(ballot.texts.seconds is not None for ballot in ballots)  # type: ignore[attr-defined]
    return {"ballots": ballots, "renews": renews}


def stock_of(project: Project, versions: Collection[ModelVersion]) -> list[dict[str, Any]]:
    """For each two of the versions how many prompts have texts, and how many lack one."""
    named = {version.pk: version for version in versions}
    pairs = texts.pairs_of(versions)
    if not pairs:
        return []
    return [
        {"older": named[older], "newer": named[newer], **vars(stock)}
        for (older, newer), stock in Shelf.of(project, pairs).stock().items()
    ]


def tell(request: UserRequest, ballot: Ballot) -> None:
    """What was asked, and what is still being written for it."""
    if count := ballot.questions.count():
        text = ngettext(
            "%s task is open: annotators get it like any other.",
            "%s tasks are open: annotators get them like any others.",
            count,
        )
        messages.success(request, text % count)
    if count := ballot.awaited.count():
        text = ngettext(
            "%s more is open as soon as its texts are written.",
            "%s more are open as soon as their texts are written.",
            count,
        )
        messages.success(request, text % count)


@login_required
@require_POST
def ballot_check(request: UserRequest, slug: str) -> HttpResponse:
    """Which texts are there for the versions that are being chosen, asked for by htmx."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    form = BallotForm(request.POST, versions=texts.comparable(project))
    form.is_valid()
    stock = stock_of(project, list(form.cleaned_data.get("versions", [])))
    left = sum(row["there"] + row["missing"] for row in stock)
    return render(request, "rounds/_stock.html", {"stock": stock, "left": left})


@login_required
@require_POST
def ballot_write(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Go on writing what is missing."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    writing.go_on(ballot=get_object_or_404(Ballot, project=project, pk=pk), by=request.user)
    messages.info(request, _("The missing texts are queued again; what was written stays."))
    return redirect("verdict", slug)


@login_required
@require_POST
def ballot_close(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Ask no more."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    asking.close(ballot=get_object_or_404(Ballot, project=project, pk=pk), by=request.user)
    messages.success(request, _("Nobody is asked any more. What was said counts."))
    return redirect("verdict", slug)
