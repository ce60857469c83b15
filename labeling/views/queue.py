"""The queue of a project: how tasks stand and when they will end, and steering them."""

from typing import Any
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
from core.errors import BadInputError, ConflictError
from core.paging import Page
from core.returning import back
from labeling import giving
from labeling.access import membership_for, project_for
from labeling.answer_filter import CHOSEN
from labeling.kinds import kinds
from labeling.models import Project, Role, Task
from labeling.queries import TaskQuerySet
from labeling.queue import overlap, steering
from labeling.queue.filter import QueueFilter
from labeling.queue.standing import Queue, queue_of
from labeling.queue.steering import Act
from labeling.views.signed_in import signed_in

PAGE = 50
ACTS = {  # state of a task -> what may be done with it
    Task.State.OPEN: [Act.NOW, Act.NORMAL, Act.LATER, Act.WITHDRAW],
    Task.State.WITHDRAWN: [Act.REOPEN],
}


@never_cache
@signed_in
@require_GET
def queue(request: UserRequest, slug: str) -> HttpResponse:
    """Counts by kind, language and person, the estimated end, and the tasks a page at a time."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    project = member.project
    form = _filter(request.GET, project)
    found = queue_of(project, round_number=form.cleaned_data["round"])
    shown = _shown(found, form)
    # Looking for what is not there would read all tasks of the state.
    tasks = form.tasks().select_related("prompt") if shown else Task.objects.none()
    page = Page(tasks, size=PAGE, beyond=request.GET.get("before"))
    older = urlencode({**form.asked, "before": page.next})
    context = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "form": form,
        "queue": found,
        "rows": [(kinds()[row.kind].label, row) for row in found.rows],
        "for_nobody": [
            (kinds()[row.kind].plural, row) for row in giving.for_nobody(project, found.rows)
        ],
        "shown": shown,
        "acts": ACTS.get(Task.State(form.asked["state"]), []),
        "tasks": page.rows,
        "newest": f"?{urlencode(form.asked)}" if request.GET.get("before") else "",
        "older": f"?{older}" if page.next else "",
    }
    return render(request, "labeling/queue.html", context)


@signed_in
@require_POST
def queue_act(request: UserRequest, slug: str) -> HttpResponse:
    """Do something with all tasks that fit the filter; it is asked first, with the number."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    form = _filter(request.POST, project)
    act = _act(request)
    if "sure" not in request.POST:
        fitting = steering.fit(form.tasks(), act)
        context = {
            "project": project,
            "act": act,
            "asked": form.asked,
            "count": fitting.count(),
            "begun_words": _begun_words(fitting, act),
            "back": urlencode(form.asked),
        }
        return render(request, "labeling/queue_act.html", context)
    _steer(request, project, form.tasks(), act=act, shown=form.asked)
    return redirect(f"{reverse('queue', args=[slug])}?{urlencode(form.asked)}")


@signed_in
@require_POST
def task_steer(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Do something with one task, and go back to where that was said."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    get_object_or_404(Task, pk=pk, project=project)
    one = Task.objects.filter(pk=pk)
    _steer(request, project, one, act=_act(request), shown={"task": pk})
    return back(request, otherwise=reverse("queue", args=[slug]))


@signed_in
@require_POST
def task_overlap(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Let more or fewer people answer one task, and go back to where that was said."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    get_object_or_404(Task, pk=pk, project=project)
    number = request.POST.get("overlap", "")
    overlap.change(
        project=project,
        tasks=Task.objects.filter(pk=pk),
        overlap=int(number) if number.isdecimal() and len(number) < 4 else 0,
        by=request.user,
    )
    messages.success(request, _("The task is changed."))
    return back(request, otherwise=reverse("queue", args=[slug]))


def _filter(data: Any, project: Project) -> QueueFilter:
    form = QueueFilter(data, project=project)
    if not form.is_valid():
        raise BadInputError(_("This filter cannot be read. Start again from the list."))
    return form


def _act(request: UserRequest) -> Act:
    try:
        return Act(request.POST.get("act", ""))
    except ValueError as error:
        raise BadInputError(_("Choose what is to be done with the tasks.")) from error


def _steer(request: UserRequest, project: Project, tasks: TaskQuerySet, **how: Any) -> None:
    """Do it and say to how many; ConflictError where it fits none any more."""
    # Before it is done: afterwards they are no longer those that fit.
    begun = _begun_words(steering.fit(tasks, how["act"]), how["act"])
    done = steering.steer(project=project, tasks=tasks, by=request.user, **how)
    if not done:
        raise ConflictError(_("This fits none of these tasks any more. Reload the page."))
    said = {
        Act.NOW: ngettext("%s task is asked now.", "%s tasks are asked now.", done),
        Act.NORMAL: ngettext("%s task is asked in turn.", "%s tasks are asked in turn.", done),
        Act.LATER: ngettext("%s task is asked later.", "%s tasks are asked later.", done),
        Act.WITHDRAW: ngettext("%s task is withdrawn.", "%s tasks are withdrawn.", done),
        Act.REOPEN: ngettext("%s task is open again.", "%s tasks are open again.", done),
    }
    text = said[how["act"]] % done
    messages.success(request, f"{text} {begun}".strip())


def _begun_words(tasks: TaskQuerySet, act: Act) -> str:
    """What becomes of those who have begun one of the tasks; "" where that changes nothing."""
    people = steering.begun(tasks) if act == Act.WITHDRAW else 0
    if not people:
        return ""
    text = ngettext(
        "%s person has begun: while they hold the task, what they submit counts; later it is kept"
        " as an extra answer.",
        "%s people have begun: while they hold the task, what they submit counts; later it is kept"
        " as an extra answer.",
        people,
    )
    return text % people


def _shown(found: Queue, form: QueueFilter) -> int:
    """How many tasks the list has on all its pages: counted already, but for those chosen."""
    asked = form.asked
    total: int = sum(
        getattr(row, asked["state"])
        for row in found.rows
        if asked.get("kind", row.kind) == row.kind
        and asked.get("language", row.language) == row.language
    )
    if not (choice := asked.get("choice")) or not total:
        return total
    chosen = form.tasks(choice=CHOSEN).count()
    return chosen if choice == CHOSEN else total - chosen
