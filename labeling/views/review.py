"""Review, one answer after the other."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError
from labeling.access import membership_for, project_for
from labeling.answering import people_of
from labeling.models import Membership, Project, Review, Role
from labeling.review import Asked, beside_names, items, queues
from labeling.views.signed_in import signed_in
from labeling.views.walking import Walk, count


class RateForm(forms.Form):
    """How many answers are drawn for a spot check."""

    percent = forms.IntegerField(
        label=gettext_lazy("Spot checks, in percent of the answers"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy(
            "Holds for all answers, those given already as well; what was checked stays checked."
        ),
    )


@never_cache
@signed_in
@require_GET
def review(request: UserRequest, slug: str) -> HttpResponse:
    """What waits for reviewers."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    return render(request, "labeling/review.html", _context(request, member))


def _context(request: UserRequest, member: Membership) -> dict[str, Any]:
    project = member.project
    asked = Asked(project=project, reviewer=request.user)
    settings = items.settings_of(project)
    done = items.outcomes(project)
    is_manager = member.role == Role.MANAGER
    known = beside_names() if is_manager else []
    people = people_of(project).exclude(pk=request.user.pk)
    for beside in known:
        people = beside.look_up(people, project)
    told = [(one, [words for b in known if (words := b.words(one))]) for one in people]
    verbs = {**dict(Review.Verb.choices), Review.Verb.DECIDED: _("decided the task instead")}
    return {
        "project": project,
        "is_manager": is_manager,
        "queues": [(queue, count(queue.left(asked))) for queue in queues().values()],
        "people": told,
        "helps": [beside.help for beside in known if any(words for _one, words in told)],
        "settings": settings,
        "checked": sum(done.values()),
        "right": done.get(Review.Verb.APPROVED.value, 0),
        "others": [(verbs.get(v, v), n) for v, n in done.items() if v != Review.Verb.APPROVED],
        "form": RateForm(initial={"percent": settings.spot_percent}),
    }


@signed_in
@require_POST
def review_next(request: UserRequest, slug: str) -> HttpResponse:
    """Go to the first answer of a queue, or to the one after the one that is left for later."""
    project = project_for(request.user, slug, role=Role.REVIEWER)
    if request.POST.get("queue") == "spot":
        items.draw(project=project)
    return go_on(request, project)


@signed_in
@require_POST
def review_rate(request: UserRequest, slug: str) -> HttpResponse:
    """Choose how many answers are drawn for a spot check."""
    member = membership_for(request.user, slug, role=Role.MANAGER)
    form = RateForm(request.POST)
    if not form.is_valid():
        context = _context(request, member) | {"form": form}
        return render(request, "labeling/review.html", context, status=422)
    items.set_rate(project=member.project, by=request.user, **form.cleaned_data)
    messages.success(request, _("The rate is stored."))
    return redirect("review", slug)


def go_on(request: UserRequest, project: Project) -> HttpResponse:
    """To the next answer of the queue that the form names; its end is told."""
    walk = Walk.of(request, project, request.POST)
    if walk.queue is None:
        raise BadInputError(_("Choose what you want to review."))
    return redirect(walk.next(request))
