"""The home of a person, and the home of a project."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from jobs.fleet import fleet
from labeling.access import membership_for
from labeling.checks.newcomers import tests_ahead
from labeling.models import Project, Role, WantedPrompts
from web.home import Card, cards_for, health, overview_of, week_of, work_left


@login_required
@require_safe
def home(request: UserRequest) -> HttpResponse:
    """One thing to do; for the site admin also how the site is."""
    context: dict[str, Any] = {
        "cards": cards_for(request.user),
        "week": week_of(request.user),
        "archived": list(Project.objects.archived_for(request.user).order_by("name")),
    }
    if request.user.is_superuser:
        context |= {"health": health(), "fleet": fleet()}
    return render(request, "web/home.html", context)


@login_required
@require_safe
def project(request: UserRequest, slug: str) -> HttpResponse:
    """Managers see the loop, the others what there is to label."""
    member = membership_for(request.user, slug)
    found, role = member.project, Role(member.role)
    left = {kind: number for _, kind, number in work_left(request.user, projects=[found.pk])}
    tests = tests_ahead(request.user, [found.pk])
    wanted = WantedPrompts.objects.left_for(request.user, projects=[found.pk])
    context = {
        "project": found,
        "card": Card(
            project=found,
            role=role,
            left=left,
            test=tests.get(found.pk),
            prompts_wanted=wanted.get(found.pk, 0),
        ),
        "week": week_of(request.user),
    }
    if role == Role.MANAGER:
        overview = overview_of(found)
        context |= {"overview": overview, "loop": overview.loop, "fleet": fleet()}
    return render(request, "web/project.html", context)
