"""The labeling page and what its script sends: drafts, answers, skips, what was read."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import NotFoundError, StaleDraftError
from core.problems import wants_problem
from labeling import assigning, content_warnings, giving, markdown, projects, revising, skipping
from labeling.access import membership_for, project_for
from labeling.checks import screening
from labeling.checks.newcomers import tests_ahead
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Membership, Project, Purpose, Task
from labeling.submitting import submit_and_claim
from labeling.views.reading_first import must_read_first, to_guidelines
from labeling.views.sent import AnswerSent, DraftSent, GuidelinesSent, PreviewSent, read
from labeling.views.signed_in import signed_in
from labeling.views.task_page import (
    address,
    asked_kind,
    asked_of,
    lease,
    next_task,
    page_context,
    with_kind,
)
from labeling.views.walking import after_decision


@never_cache
@signed_in
@require_GET
def label_next(request: UserRequest, slug: str) -> HttpResponse:
    """Claim the next task and go to it; or say why there is none."""
    member = membership_for(request.user, slug)
    project = member.project
    kind = asked_kind(request)
    if must_read_first(member):
        return to_guidelines(request, project, kind)
    assignment = assigning.claim_next(project=project, annotator=request.user, kind=kind)
    if assignment is not None:
        _say_if_test(request, assignment)
        return redirect(address(assignment, kind))
    return render(request, "labeling/nothing_left.html", _nothing_left(member, request, kind))


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """The page of one assignment; POST stores the answer and claims the next task."""
    member = membership_for(request.user, slug)
    project = member.project
    if request.method == "POST":
        return _submit(request, project, pk)
    found = _own(project, request, pk)
    if found.state == Assignment.State.SKIPPED:
        raise NotFoundError
    if found.state not in Assignment.OPEN:
        messages.info(request, _("You have already submitted this task."))
        return redirect("history", slug)
    if must_read_first(member) and found.purpose != Purpose.DECISION:
        return to_guidelines(request, project, asked_kind(request))
    context = page_context(member, found, asked_kind(request))
    return render(request, "labeling/assignment.html", context)


def _submit(request: UserRequest, project: Project, pk: int) -> HttpResponse:
    sent = read(request, AnswerSent)
    kind = asked_kind(request)
    annotation, upcoming = submit_and_claim(
        assignment_id=pk,
        project=project,
        annotator=request.user,
        kind=kind,
        **dict(sent),
    )
    if annotation.purpose == Purpose.DECISION or annotation.revises_id is not None:
        return JsonResponse(_back_to(request, annotation), status=201)
    shown = {**asked_of(annotation.task), "guideline_version": sent.guideline_version}
    following = next_task(upcoming, project=project, kind=kind, shown=shown)
    surplus = annotation.standing == Annotation.Standing.SURPLUS
    body = {
        "annotation": annotation.pk,
        "surplus": surplus,
        "undo": _undo_url(annotation),
        **following,
    }
    return JsonResponse(body, status=201)


def _back_to(request: UserRequest, annotation: Annotation) -> dict[str, Any]:
    """A correction and a decision lead to their own page, not to a next task.

    What was taken up again right after it was given leads back to the row of tasks. A decision
    that was made from a review queue leads on in that.
    """
    is_decision = annotation.purpose == Purpose.DECISION
    there = after_decision(request, annotation) if is_decision else None
    page, slug = "label" if is_decision else "answer", annotation.task.project.slug
    if "undo" in request.GET and not is_decision:
        there = with_kind(asked_kind(request), reverse("label_next", args=[slug]))
    there = there or reverse(page, args=[slug, annotation.pk])
    undo = None if is_decision else _undo_url(annotation)
    where = {"next": there, "task": None}
    return {"annotation": annotation.pk, "surplus": False, "undo": undo, **where}


def _undo_url(annotation: Annotation) -> str | None:
    """Where a script takes it up again; None where it does not count. No query."""
    if annotation.standing not in revising.CORRECTED_FROM:
        return None
    return reverse("answer_correct", args=[annotation.task.project.slug, annotation.pk])


@signed_in
@require_POST
def draft(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Keep the draft and renew the lease; 409 with the newer draft when another tab saved."""
    found = _own(project_for(request.user, slug), request, pk)
    sent = read(request, DraftSent)
    try:
        saved = assigning.save_draft(assignment=found, **dict(sent))
    except StaleDraftError as error:
        newer = {"version": error.version, "draft": error.draft}
        return JsonResponse({"detail": error.message, "code": error.code, **newer}, status=409)
    return JsonResponse(lease(saved))


@signed_in
@require_POST
def skip(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Leave the task to others and go on; a script is given the next task as after an answer."""
    member = membership_for(request.user, slug)
    project = member.project
    found = _own(project, request, pk)
    kind = asked_kind(request)
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "").strip()
    skipping.skip(assignment=found, reason=reason, note=note)
    if "avoid" in request.POST:
        content_warnings.avoid(member=member, avoids=True)
    if not wants_problem(request):
        return redirect(with_kind(kind, reverse("label_next", args=[slug])))
    upcoming = assigning.claim_next(project=project, annotator=request.user, kind=kind)
    version = request.POST.get("guideline_version", "")
    shown = {
        **asked_of(found.task),
        "guideline_version": int(version) if version.isdecimal() and len(version) < 10 else 0,
    }
    return JsonResponse(next_task(upcoming, project=project, kind=kind, shown=shown))


@signed_in
@require_POST
def guidelines_read(request: UserRequest, slug: str) -> HttpResponse:
    """This person has opened the guidelines, in the version that their page shows."""
    project = project_for(request.user, slug)
    sent = read(request, GuidelinesSent)
    projects.mark_guidelines_read(
        project=project, user=request.user, version=sent.guideline_version
    )
    return HttpResponse(status=204)


@signed_in
@require_POST
def preview(request: UserRequest, slug: str) -> HttpResponse:
    """What was written as the labeling pages show it."""
    project_for(request.user, slug)
    return HttpResponse(markdown.written(read(request, PreviewSent).text))


def _say_if_test(request: UserRequest, found: Assignment) -> None:
    """Of the test people know; of other gold tasks they do not."""
    if found.purpose != Purpose.GOLD:
        return
    project = found.task.project_id
    if test := tests_ahead(request.user, [project]).get(project):
        text = ngettext(
            "This is a task of the test. It has %s, and a manager looks at your answer before you "
            "go on.",
            "This is a task of the test. It has %s, and a manager looks at your answers before you "
            "go on.",
            test.tasks,
        )
        messages.info(request, text % test.tasks)


def _own(project: Project, request: UserRequest, pk: int) -> Assignment:
    found = (
        Assignment.objects.select_related("task__prompt", "task__settings", "task__preamble")
        .filter(pk=pk, task__project=project, annotator=request.user)
        .first()
    )
    if found is None:
        raise NotFoundError
    found.task.project = project
    return found


def _nothing_left(member: Membership, request: UserRequest, kind: str | None) -> dict[str, Any]:
    """Why there is nothing: all done, in the hands of others, not given, or none opened yet."""
    project = member.project
    last = request.user.annotations.filter(project=project).newest().order_by("-pk").first()
    tasks = Task.objects.filter(project=project)
    tested = screening.is_due(project, request.user)
    given, chosen = giving.in_words(member), giving.own_in_words(member)
    return {
        "project": project,
        "given": given,
        "chosen": chosen,
        "not_given": tasks.open_to(request.user).count() if given or chosen else 0,
        "screening": screening.standing(project, request.user) if tested else None,
        "kind": kinds()[kind] if kind else None,
        "others": tasks.claimable_by(request.user).counts_by_kind() if kind else {},
        "in_work": tasks.filter(state=Task.State.OPEN).count(),
        "opened": tasks.count(),
        "own": request.user.annotations.filter(project=project).count(),
        "last": last if last and revising.may_correct(last) else None,
    }
