"""A member's goal: how far they are with it, and choosing another one."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from labeling import goals
from labeling.access import membership_for
from labeling.forms import GoalForm
from labeling.models import Period
from labeling.views.signed_in import signed_in


@never_cache
@signed_in
@require_GET
def goal(request: UserRequest, slug: str) -> HttpResponse:
    """Answers of this day or week and their seconds: the labeling page asks once, then counts."""
    member = membership_for(request.user, slug)
    found = goals.goal_of(member)
    period = found.period if found else Period.DAY  # given up while the page was open
    left = goals.end_of(period) - timezone.now()
    done = goals.done(project=member.project, person=request.user, period=period)
    until = {"seconds_left": int(left.total_seconds())}
    return JsonResponse({"answered": done.answers, "seconds": done.seconds, **until})


@signed_in
@require_POST
def goal_choose(request: UserRequest, slug: str) -> HttpResponse:
    """Choose one's own goal, the project's or none."""
    member = membership_for(request.user, slug)
    form = GoalForm(request.POST)
    if member.pk is None:
        raise ConflictError(_("Only members of the project have a goal in it."))
    if not form.is_valid():
        said = {name: str(errors[0]) for name, errors in form.errors.items()}
        raise BadInputError(next(iter(said.values())), errors=said)
    goals.choose(member=member, **form.chosen())
    messages.success(request, _("Saved."))
    return redirect("own_figures", slug)
