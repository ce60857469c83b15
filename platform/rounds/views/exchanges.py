"""What the page of a live conversation asks: the next turn, and whether there are replies."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from core.errors import NotFoundError
from labeling.access import project_for
from labeling.exchanges import Choice
from labeling.kinds import kinds
from labeling.models import Assignment, Project
from labeling.views.sent import Sent, read
from labeling.views.signed_in import signed_in
from labeling.views.task_page import task_context
from rounds.replying import asking
from rounds.replying.standing import standing


class TurnSent(Sent):
    """A turn that is asked. choice: between the replies of the one before."""

    number: int
    message: str
    choice: Choice | None


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def exchanges(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """The conversation as it stands; POST asks the next turn of it."""
    project = project_for(request.user, slug)
    found = _own(project, request, pk)
    if request.method == "POST":
        sent = read(request, TurnSent)
        if sent.number < 0:
            raise NotFoundError
        asking.ask(
            assignment=found,
            project=project,
            annotator=request.user,
            number=sent.number,
            message=sent.message,
            choice=sent.choice,
        )
    return JsonResponse(_shown(found, request.GET.get("seen", "")))


def _shown(found: Assignment, seen: str) -> dict[str, Any]:
    """The part of the page, unless it is what was `seen`; and why one waits."""
    newest = found.exchanges.order_by("-number").first()
    now = f"{newest.number}.{newest.state}" if newest else ""
    html = None
    if now != seen:
        html = render_to_string(f"{found.task.kind}/live.html", task_context(found))
    return {"html": html, "standing": standing(newest)}


def _own(project: Project, request: UserRequest, pk: int) -> Assignment:
    """Their own assignment of a live kind."""
    live = [name for name, kind in kinds().items() if kind.is_live]
    rows = Assignment.objects.select_related("task__prompt", "task__settings", "task__preamble")
    found = rows.filter(
        pk=pk, task__project=project, task__kind__in=live, annotator=request.user
    ).first()
    if found is None:
        raise NotFoundError
    found.task.project = project
    return found
