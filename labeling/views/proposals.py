"""Writing prompts: what is wanted, one's own proposals, and the page of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError, StaleDraftError
from core.paging import Page, as_key
from labeling.access import membership_for, project_for
from labeling.models import Membership, Project, Proposal, Role, WantedPrompts
from labeling.proposals import shapes, writing
from labeling.proposals.likeness import alike
from labeling.views.proposal_page import page_context
from labeling.views.sent import BodySent, DraftSent, ProposalSent, read
from labeling.views.signed_in import signed_in
from notices import services as notices

PAGE = 30
State = Proposal.State


@never_cache
@signed_in
@require_GET
def proposals(request: UserRequest, slug: str) -> HttpResponse:
    """What is wanted, how far it is, and one's own proposals, newest first."""
    member = membership_for(request.user, slug)
    project = member.project
    own = Proposal.objects.of(request.user, project)
    page = Page(own.select_related("wanted"), size=PAGE, beyond=request.GET.get("before"))
    notices.see(user=request.user, link=request.path)
    is_reviewer = member.role != Role.ANNOTATOR
    context = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "is_reviewer": is_reviewer,
        "waiting": Proposal.objects.waiting(project).count() if is_reviewer else 0,
        "wanted": list(_wanted(member)),
        "begun": set(own.filter(state=State.DRAFT).values_list("wanted", flat=True)),
        "rows": page.rows,
        "older": page.next,
        "counts": [(State(state).label, n) for state, n in sorted(own.counts().items())],
    }
    return render(request, "labeling/proposals.html", context)


@signed_in
@require_POST
def proposal_begin(request: UserRequest, slug: str) -> HttpResponse:
    """Begin a proposal for what is wanted, or go on with the one that was begun."""
    project = project_for(request.user, slug)
    key = as_key(request.POST.get("wanted", ""))
    wanted = project.wanted_prompts.filter(pk=key or 0).first()
    if wanted is None:
        raise BadInputError(_("Choose what you want to write."))
    begun = writing.begin(wanted=wanted, author=request.user)
    return redirect("proposal_write", slug, begun.pk)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_write(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """The page on which a proposal is written; POST submits it and says where the next one is."""
    member = membership_for(request.user, slug)
    found = _own(member.project, request.user, pk)
    if request.method == "POST":
        sent = read(request, ProposalSent)
        done = writing.submit(proposal=found, sent=sent.body, active_seconds=sent.active_seconds)
        return JsonResponse({"proposal": done.pk, "next": _next(done)}, status=201)
    if found.state != State.DRAFT:
        return redirect("proposal", slug, pk)
    return render(request, "labeling/proposal_write.html", page_context(member, found))


@signed_in
@require_POST
def proposal_draft(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Keep the draft; 409 with the newer draft when another tab saved."""
    found = _own(project_for(request.user, slug), request.user, pk)
    try:
        saved = writing.save_draft(proposal=found, **dict(read(request, DraftSent)))
    except StaleDraftError as error:
        newer = {"version": error.version, "draft": error.draft}
        return JsonResponse({"detail": error.message, "code": error.code, **newer}, status=409)
    return JsonResponse({"version": saved.draft_version, "state": "active", "lease_seconds": 0})


@signed_in
@require_POST
def proposal_check(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Whether the project has the same or nearly; "" where not, or where it is not whole yet."""
    project = project_for(request.user, slug)
    found = _own(project, request.user, pk)
    try:
        written = shapes.read(found.wanted.form, read(request, BodySent).body).messages()
    except BadInputError:
        return JsonResponse({"alike": ""})
    other = alike(project, written, but=found)
    text = writing.told(exact=other.exact, is_prompt=other.is_prompt) if other else ""
    return JsonResponse({"alike": text})


@never_cache
@signed_in
@require_GET
def proposal(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """One's own proposal as it was submitted, and what became of it."""
    project = project_for(request.user, slug)
    found = _own(project, request.user, pk)
    if found.state == State.DRAFT:
        return redirect("proposal_write", slug, pk)
    notices.see(user=request.user, link=request.path)
    newer = Proposal.objects.filter(revises=found).first()
    context = {"project": project, "proposal": found, "newer": newer}
    return render(request, "labeling/proposal.html", context)


@signed_in
@require_POST
def proposal_rewrite(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Write anew what was returned."""
    found = _own(project_for(request.user, slug), request.user, pk)
    return redirect("proposal_write", slug, writing.rewrite(proposal=found).pk)


@signed_in
@require_POST
def proposal_take_back(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Let nobody decide on it."""
    found = _own(project_for(request.user, slug), request.user, pk)
    writing.take_back(proposal=found)
    messages.success(request, _("Your prompt is taken back."))
    return redirect("proposals", slug)


def _wanted(member: Membership) -> Any:
    asked = WantedPrompts.objects.asked().filter(project=member.project).given_to(member)
    return asked.with_progress().order_by("pk")


def _own(project: Project, user: User, pk: int) -> Proposal:
    own = Proposal.objects.filter(author=user, project=project)
    return get_object_or_404(own.select_related("project", "wanted", "prompt"), pk=pk)


def _next(done: Proposal) -> str:
    """The address of the next one of its sort; of the list where none is to be written."""
    slug = done.project.slug
    if done.revises_id is None:
        try:
            begun = writing.begin(wanted=done.wanted, author=done.author)
        except ConflictError:
            return redirect("proposals", slug).url
        return redirect("proposal_write", slug, begun.pk).url
    return redirect("proposals", slug).url
