"""What people answered, for those who review it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError
from core.paging import Page, as_key
from core.returning import back
from labeling import deciding, reviewing
from labeling.access import membership_for, project_for
from labeling.answer_filter import AnswerFilter
from labeling.kinds import kinds
from labeling.models import Annotation, Role, Task
from labeling.views import review
from labeling.views.signed_in import signed_in
from labeling.views.walking import Walk

PAGE = 50


@never_cache
@signed_in
@require_GET
def labels(request: UserRequest, slug: str) -> HttpResponse:
    """The newest answers that fit the filter, a page at a time."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    project = member.project
    form = AnswerFilter(request.GET, project=project)
    if not form.is_valid():
        raise BadInputError(_("This filter cannot be read. Start again from the list."))
    # Keys alone first: to sort thousands that fit, their texts need not be read.
    page = Page(form.answers().only("pk"), size=PAGE, beyond=request.GET.get("before"))
    shown = Annotation.objects.filter(pk__in=[row.pk for row in page.rows])
    rows = shown.with_content().select_related("annotator", "flagged").order_by("-pk")
    older = urlencode({**form.asked, "before": page.next})
    context = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "form": form,
        "asked": form.asked,
        "rows": [
            (row, kinds()[row.kind].listed(row), reviewing.may(row)["send_back"]) for row in rows
        ],
        "newest": f"?{urlencode(form.asked)}" if request.GET.get("before") else "",
        "older": f"?{older}" if page.next else "",
    }
    return render(request, "labeling/labels.html", context)


@signed_in
@require_POST
def label_review(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Comment an answer, send it back, exclude it or let it count again."""
    project = project_for(request.user, slug, role=Role.REVIEWER)
    found = get_object_or_404(Annotation, pk=pk, project=project)
    text = request.POST.get("text", "")
    match request.POST.get("act"):
        case "comment":
            reviewing.comment(annotation=found, by=request.user, text=text)
        case "send_back":
            reviewing.send_back(annotation=found, by=request.user, text=text)
            messages.success(
                request, _("The answer is sent back. It counts again once it is corrected.")
            )
        case "exclude":
            again = "ask_again" in request.POST
            reviewing.exclude(annotation=found, by=request.user, text=text, ask_again=again)
            messages.success(request, _("The answer does not count any more."))
        case "include":
            reviewing.include(annotation=found, by=request.user, text=text)
            messages.success(request, _("The answer counts again."))
        case "approve":
            reviewing.approve(annotation=found, by=request.user)
            if "queue" not in request.POST:
                messages.success(request, _("Noted: the answer was looked at and found right."))
        case _:
            raise BadInputError(_("Choose what is to be done with the answer."))
    goes_on = "queue" in request.POST and request.POST.get("act") != "comment"
    if goes_on:
        return review.go_on(request, project)
    walk = Walk.of(request, project, request.POST)
    return redirect(reverse("label", args=[slug, pk]) + walk.query)


@signed_in
@require_POST
def labels_send_back(request: UserRequest, slug: str) -> HttpResponse:
    """Send back the answers that were chosen in the list, with one comment."""
    project = project_for(request.user, slug, role=Role.REVIEWER)
    keys = [key for text in request.POST.getlist("answer")[:PAGE] if (key := as_key(text))]
    chosen = list(Annotation.objects.filter(project=project, pk__in=keys).order_by("pk"))
    if not chosen:
        raise BadInputError(_("Choose the answers that are to be sent back."))
    text = request.POST.get("text", "")
    refused = reviewing.send_back_all(annotations=chosen, by=request.user, text=text)
    sent = len(chosen) - refused
    words = ngettext("%(n)d answer is sent back.", "%(n)d answers are sent back.", sent)
    messages.success(request, words % {"n": sent})
    if refused:
        words = ngettext(
            "%(n)d answer cannot be sent back as it stands now, and is left as it is.",
            "%(n)d answers cannot be sent back as they stand now, and are left as they are.",
            refused,
        )
        messages.warning(request, words % {"n": refused})
    return back(request, otherwise=reverse("labels", args=[slug]))


@signed_in
@require_POST
def task_decide(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Answer a task oneself, so that this answer counts instead of all others.

    The address keeps the queue that the reviewer is in, and the submitted decision leads on in it.
    """
    project = project_for(request.user, slug, role=Role.REVIEWER)
    task = get_object_or_404(Task, pk=pk, project=project)
    found = deciding.decide(task=task, by=request.user)
    walk = Walk.of(request, project, request.POST)
    return redirect(reverse("assignment", args=[slug, found.pk]) + walk.query)
