"""What a person has answered in a project."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.requests import UserRequest
from core.paging import Page
from labeling.access import project_for
from labeling.kinds import kinds
from labeling.models import Annotation
from labeling.views.signed_in import signed_in

PAGE = 30


@never_cache
@signed_in
@require_GET
def history(request: UserRequest, slug: str) -> HttpResponse:
    """One's own answers, newest first."""
    project = project_for(request.user, slug)
    own = Annotation.objects.filter(project=project, annotator=request.user)
    page = Page(own.with_content(), size=PAGE, beyond=request.GET.get("before"))
    context = {
        "project": project,
        "rows": [(row, kinds()[row.kind].summary(row)) for row in page.rows],
        "older": page.next,
        "count": own.count(),
        "minutes": round(own.active_seconds() / 60),
    }
    return render(request, "labeling/history.html", context)


@never_cache
@signed_in
@require_GET
def answer(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """One of one's own answers as it was given."""
    project = project_for(request.user, slug)
    own = Annotation.objects.filter(project=project, annotator=request.user)
    found = get_object_or_404(own.with_content().select_related("assignment"), pk=pk)
    kind = kinds()[found.kind]
    context = {
        "project": project,
        "annotation": found,
        "kind": kind,
        "prompt": found.task.prompt,
        "summary": kind.summary(found),
        "text": found.body.get("text"),
        "texts": kind.shown(found),
    }
    return render(request, "labeling/answer.html", context)
