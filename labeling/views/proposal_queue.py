"""Deciding on proposals: the list of what waits, and one after the other by keys."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError
from core.paging import Page, as_key
from labeling.access import membership_for
from labeling.models import Membership, PromptForm, Proposal, Role
from labeling.prompt_form import as_written
from labeling.proposals import deciding, diversity
from labeling.proposals.forms import ProposalFilter
from labeling.proposals.likeness import alike
from labeling.proposals.queries import ProposalQuerySet
from labeling.views.signed_in import signed_in

PAGE = 50


@never_cache
@signed_in
@require_GET
def proposal_queue(request: UserRequest, slug: str) -> HttpResponse:
    """What waits, oldest first, and how varied it is with what was accepted."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    project, form = member.project, _filter(request.GET)
    found = _waiting(member, form)
    page = Page(
        found.select_related("wanted", "author"),
        size=PAGE,
        beyond=form.cleaned_data["after"],
        newest_first=False,
    )
    further = {**form.asked, "after": page.next} if page.next else None
    context = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "asked": form.asked,
        "query": urlencode(form.asked),
        "left": found.count(),
        "rows": page.rows,
        "further": f"?{urlencode(further)}" if further else "",
        "prompt_forms": PromptForm.choices,
        "use_cases": diversity.by_use_case(project),
        "authors": diversity.by_author(project),
        "lengths": diversity.by_length(project),
    }
    return render(request, "labeling/proposal_queue.html", context)


@signed_in
@require_POST
def proposals_accept(request: UserRequest, slug: str) -> HttpResponse:
    """Accept those that were chosen in the list."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    chosen = [as_key(key) for key in request.POST.getlist("proposal")]
    keys = [key for key in chosen if key is not None]
    if not keys:
        raise BadInputError(_("Choose at least one prompt."))
    mine = _of(member).filter(pk__in=keys).values_list("pk", flat=True)
    done = deciding.accept(project=member.project, proposals=mine, by=request.user)
    _say(request, done)
    return redirect(_back(slug, _filter(request.POST)))


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_decide(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """One proposal that waits; POST accepts or returns it and goes on to the next one."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    rows = _of(member).select_related("wanted", "author", "project", "prompt", "decided_by")
    found = get_object_or_404(rows, pk=pk)
    form = _filter(request.GET)
    if request.method == "POST":
        _decide(request, found)
        return redirect(_onward(member, form, beyond=pk) or _back(slug, form))
    waits = found.state == Proposal.State.WAITING
    context = {
        "project": member.project,
        "is_manager": member.role == Role.MANAGER,
        "proposal": found,
        "waits": waits,
        "left": _waiting(member, form).count(),
        "query": urlencode(form.asked),
        "next": _onward(member, form, beyond=pk) or _back(slug, form),
        "alike": alike(member.project, found.messages, but=found) if waits else None,
    }
    return render(request, "labeling/proposal_decide.html", context)


def _decide(request: UserRequest, found: Proposal) -> None:
    match request.POST.get("act"):
        case "accept":
            done = deciding.accept(project=found.project, proposals=[found.pk], by=request.user)
            _say(request, done)
        case "edit":
            texts = request.POST.getlist("text")
            if len(texts) != len(found.messages):
                raise BadInputError(_("Each message needs a text: write one for each."))
            before = [str(message["content"]) for message in found.messages]
            kept = [as_written(*pair) for pair in zip(texts, before, strict=True)]
            deciding.accept_edited(proposal=found, texts=kept, by=request.user)
            messages.success(request, _("Accepted with your text."))
        case "return":
            reason = request.POST.get("reason", "")
            deciding.return_to_author(proposal=found, reason=reason, by=request.user)
            messages.success(request, _("Returned to its author."))
        case _:
            raise BadInputError(_("Accept it, edit it or return it."))


def _say(request: UserRequest, done: deciding.Decided) -> None:
    """What became of them, in words."""
    number = len(done.accepted)
    if number:
        text = ngettext("%(n)d prompt is accepted.", "%(n)d prompts are accepted.", number)
        messages.success(request, text % {"n": number})
    if done.known:
        text = ngettext(
            "%(n)d waits still: the project has it already. Return it.",
            "%(n)d wait still: the project has them already. Return them.",
            len(done.known),
        )
        messages.warning(request, text % {"n": len(done.known)})
    if done.gone:
        messages.info(request, _("Others were decided on meanwhile."))


def _of(member: Membership) -> ProposalQuerySet:
    """What this person may see of what was submitted."""
    rows = Proposal.objects.filter(project=member.project)
    drafts = [Proposal.State.DRAFT, Proposal.State.ERASED]
    is_manager = member.role == Role.MANAGER
    return rows.exclude(state__in=drafts).deciding(member.user, is_manager=is_manager)


def _waiting(member: Membership, form: ProposalFilter) -> ProposalQuerySet:
    lookups = {"form": "wanted__form"}
    asked = {lookups.get(name, name): value for name, value in form.asked.items()}
    return _of(member).waiting(member.project).filter(**asked)


def _filter(query: QueryDict) -> ProposalFilter:
    form = ProposalFilter(query)
    if not form.is_valid():
        raise BadInputError(_("This filter cannot be read. Start again from the list."))
    return form


def _onward(member: Membership, form: ProposalFilter, *, beyond: int) -> str | None:
    """The page of the next one that waits."""
    key = _waiting(member, form).filter(pk__gt=beyond).values_list("pk", flat=True).first()
    if key is None:
        return None
    return reverse("proposal_decide", args=[member.project.slug, key]) + _query(form.asked)


def _back(slug: str, form: ProposalFilter) -> str:
    return reverse("proposal_queue", args=[slug]) + _query(form.asked)


def _query(asked: dict[str, Any]) -> str:
    return f"?{urlencode(asked)}" if asked else ""
