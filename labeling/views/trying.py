"""The page of a task that a manager tries: the page of annotators, of which nothing is stored."""

from typing import Any
from uuid import uuid4

from csp.decorators import csp_replace
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from core.paging import as_key
from core.text import parse_json
from labeling import kind_settings
from labeling.access import membership_for
from labeling.kinds.base import AnnotationKind
from labeling.models import Annotation, Assignment, Membership, Prompt, Role
from labeling.staging import staged
from labeling.views.sent import AnswerSent, DraftSent, read
from labeling.views.signed_in import signed_in
from labeling.views.task_page import beside, common_data, task_context
from labeling.views.task_pages import chosen_kind, tried


@never_cache
@csp_replace({"frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def task_page_try(request: UserRequest, slug: str) -> HttpResponse:
    """The page; POST takes the drafts and answers of its script, and stores none of them."""
    member = membership_for(request.user, slug, role=Role.MANAGER)
    kind = chosen_kind(request)
    with staged(
        project=member.project,
        kind=kind,
        prompt=_prompt(request, member),
        content=_content(request, member, kind),
        by=request.user,
    ) as found:
        if request.method != "POST":
            return render(request, "labeling/trying.html", _context(request, member, found, kind))
        parsed = parse_json(request.body)
        if isinstance(parsed, dict) and "draft" in parsed:
            version = read(request, DraftSent).version + 1
            return JsonResponse({**_lease(), "version": version})
        return JsonResponse(_answered(request, member, found, kind), status=201)


def _answered(
    request: UserRequest, member: Membership, found: Assignment, kind: AnnotationKind
) -> dict[str, Any]:
    """How the answer would read, above the same task once more."""
    body = kind.validate(found.task, kind.complete(found, read(request, AnswerSent).body))
    answer = Annotation(
        project=member.project,
        task=found.task,
        annotator=request.user,
        kind=kind.name,
        body=body,
        shown_order=found.shown_order,
    )
    said = render_to_string("labeling/_tried.html", {"said": kind.summary(answer)})
    html = render_to_string("labeling/_task.html", _task_context(found))
    task = {"html": said + html, "data": _data(request, member)}
    return {"annotation": 0, "surplus": False, "next": request.get_full_path(), "task": task}


def _prompt(request: UserRequest, member: Membership) -> Prompt | None:
    """The one that the address names; None is the sample."""
    key = as_key(request.GET.get("prompt", ""))
    return get_object_or_404(Prompt, project=member.project, pk=key) if key else None


def _content(request: UserRequest, member: Membership, kind: AnnotationKind) -> Any:
    """What the form beside it holds, else the version in force."""
    kept = request.session.get(tried(member.project, kind))
    newest = kind_settings.newest(member.project, kind.name)
    return kept or (newest.content if newest else None)


def _context(
    request: UserRequest, member: Membership, found: Assignment, kind: AnnotationKind
) -> dict[str, Any]:
    return {
        "project": member.project,
        "may_skip": False,
        "data": _data(request, member),
        "common": common_data(member) | {"goal": None, "undoes": False},
        **beside(member.project),
        **_task_context(found),
    }


def _task_context(found: Assignment) -> dict[str, Any]:
    return task_context(found) | {"may_decline": False}


def _data(request: UserRequest, member: Membership) -> dict[str, Any]:
    here = reverse("task_page_try", args=[member.project.slug])
    return {
        **_lease(),
        "id": f"tried-{uuid4().hex}",  # what this device keeps of it is never found again
        "has_lease": False,
        "draft": None,
        "client_key": str(uuid4()),
        "active_seconds": 0,
        "guideline_version": member.project.guideline_version,
        "submit_url": here,  # the script adds the query
        "draft_url": request.get_full_path(),
        "skip_url": "",
    }


def _lease() -> dict[str, Any]:
    return {"version": 0, "state": Assignment.State.ACTIVE, "lease_seconds": 3600}
