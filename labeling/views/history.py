"""What a person has answered in a project."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.requests import UserRequest
from core.paging import Page
from core.problems import wants_problem
from labeling import reviewing, revising
from labeling.access import project_for
from labeling.checks import telling
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Project, Review
from labeling.queries import AnnotationQuerySet
from labeling.views.signed_in import signed_in
from labeling.views.task_page import asked_kind, with_kind
from notices import services as notices

PAGE = 30


@never_cache
@signed_in
@require_GET
def history(request: UserRequest, slug: str) -> HttpResponse:
    """One's own answers, newest first."""
    project = project_for(request.user, slug)
    own = _own(project, request.user).newest()
    unseen = Review.objects.unseen_by(request.user).filter(annotation__project=project)
    page = Page(own.with_content(), size=PAGE, beyond=request.GET.get("before"))
    telling.conceal(page.rows, project)
    context = {
        "project": project,
        "figures": telling.own_figures(project, request.user),
        "rows": [(row, kinds()[row.kind].listed(row)) for row in page.rows],
        "older": page.next,
        "count": own.count(),
        "unseen": set(unseen.values_list("annotation__assignment", flat=True)),
        "minutes": round(own.active_seconds() / 60),
    }
    return render(request, "labeling/history.html", context)


@never_cache
@signed_in
@require_GET
def answer(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """One of one's own answers as it was given, what was said of it, and what one may do."""
    project = project_for(request.user, slug)
    found = _own_answer(project, request.user, pk)
    found.task.project = project
    kind = kinds()[found.kind]
    telling.conceal([found], project)
    feedback = telling.feedback(found)  # first: what it tells closes the answer
    thread = list(Review.objects.thread(found))
    reviewing.see(annotation=found, by=request.user)
    notices.see(user=request.user, link=request.path)
    answered = kind.answered(found)
    context = {
        "project": project,
        "annotation": found,
        "kind": kind,
        "prompt": found.task.prompt,
        "before": found.task.put_before,
        "summary": kind.said(found),
        "answered": answered,
        "drawn_by": kind.forms(found.task) if answered else [],
        "wrote": kind.wrote(found),
        "texts": kind.shown(found),
        "thread": thread,
        "may_correct": revising.may_correct(found),
        "may_take_back": revising.may_take_back(found),
        "closed": revising.why_closed(found),
        "feedback": feedback,
        "newer": Annotation.objects.filter(revises=found).first(),
    }
    return render(request, "labeling/answer.html", context)


@signed_in
@require_POST
def answer_correct(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Open one's answer again, on the page on which it was given."""
    project = project_for(request.user, slug)
    found, kind = _own_answer(project, request.user, pk), asked_kind(request)
    row = revising.revise(annotation=found, by=request.user)
    if wants_problem(request):  # the labeling page: it goes on to the next task afterwards
        again = f"{reverse('assignment', args=[slug, row.pk])}?undo=1"
        return JsonResponse({"next": f"{again}&kind={kind}" if kind else again})
    return redirect("assignment", slug, row.pk)


@signed_in
@require_POST
def answer_keep(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Leave the answer to the assignment `pk` as it was."""
    project = project_for(request.user, slug)
    own = Assignment.objects.filter(task__project=project, annotator=request.user)
    revising.keep(assignment=get_object_or_404(own, pk=pk), by=request.user)
    if wants_problem(request):
        return JsonResponse({})
    messages.info(request, _("Your answer stays as it was."))
    if "undo" in request.GET:
        return redirect(with_kind(asked_kind(request), reverse("label_next", args=[slug])))
    return redirect("history", slug)


@signed_in
@require_POST
def answer_take_back(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Let one's answer count no more."""
    project = project_for(request.user, slug)
    revising.take_back(annotation=_own_answer(project, request.user, pk), by=request.user)
    messages.success(request, _("Your answer is taken back. The task goes to someone else."))
    return redirect("answer", slug, pk)


@signed_in
@require_POST
def answer_comment(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Say something about one's own answer to those who review it."""
    project = project_for(request.user, slug)
    found = _own_answer(project, request.user, pk)
    reviewing.comment(annotation=found, by=request.user, text=request.POST.get("text", ""))
    return redirect("answer", slug, pk)


def _own(project: Project, user: User) -> AnnotationQuerySet:
    return Annotation.objects.filter(project=project, annotator=user)


def _own_answer(project: Project, user: User, pk: int) -> Annotation:
    found = _own(project, user).with_content().select_related("assignment", "task__preamble")
    return get_object_or_404(found, pk=pk)
