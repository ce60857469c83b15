"""Live events and the log of a job, and the site admin's list of all jobs."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import close_old_connections
from django.db.models import Count
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from accounts.sessions import person_of_key
from core.errors import BadInputError, NotFoundError
from core.paging import LARGEST_KEY, Page
from jobs import feed, handlers, services
from jobs.fleet import fleet
from jobs.log_file import log_file
from jobs.models import Job, JobEvent

MAX_LIMIT = 5000
PAGE = 50


def visible_job(user: User, pk: int) -> Job:
    """The job, for someone who may follow it; the same answer when it is not there."""
    job = Job.objects.filter(pk=pk).first()
    if job is None or not handlers.of(job).may_see(job, user):
        raise NotFoundError
    return job


def may_still_read(session_key: str | None, pk: int) -> bool:
    """Whether whoever opened a stream of the job is still signed in, and may still see it."""
    close_old_connections()
    person = person_of_key(session_key)
    try:
        return person is not None and bool(visible_job(person, pk))
    except NotFoundError:
        return False


@require_safe
@login_required
def events(request: UserRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events from `Last-Event-ID` (or ?after=) on, written by the event loop."""
    job = visible_job(request.user, pk)
    after = _number(request.headers.get("Last-Event-ID") or request.GET.get("after", "0"))
    newest = job.events.newest()
    if job.has_ended and after == newest:
        return HttpResponse(status=204)  # tells EventSource not to come back
    stream = feed.Stream.open(
        job.pk,
        user_id=request.user.pk,
        after=after,
        gap_to=newest if after > newest else None,
        still_may_read=partial(may_still_read, request.session.session_key, job.pk),
    )
    if stream is None:
        return HttpResponse(status=429, headers={"Retry-After": "10"})
    return StreamingHttpResponse(
        stream,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )


@require_safe
@login_required
@never_cache
def events_json(request: UserRequest, pk: int) -> JsonResponse:
    """The job and a page of its events: what a live page starts from."""
    job = visible_job(request.user, pk)
    limit = min(_number(request.GET.get("limit", str(MAX_LIMIT))), MAX_LIMIT)
    found = job.events.after(_number(request.GET.get("after", "0")))
    if asked := request.GET.get("kind"):
        found = found.filter(kind__in=_kinds(asked))
    rows = list(found[: limit + 1])
    page = rows[:limit]
    return JsonResponse(
        {
            "job": feed.job_as_dict(job),
            "events": [feed.as_dict(row) for row in page],
            "next": page[-1].pk if len(rows) > limit and page else None,
        }
    )


@never_cache
@require_safe
@login_required
def log(request: UserRequest, pk: int) -> HttpResponse:
    """The log as a text file."""
    return log_file(visible_job(request.user, pk))


@require_safe
@login_required
def job_list(request: UserRequest) -> HttpResponse:
    """All jobs, the newest first, for the site admin; chips filter by state."""
    _require_admin(request.user)
    state = request.GET.get("state", "")
    found = Job.objects.select_related("created_by")
    if state in Job.State.values:
        found = found.filter(state=state)
    page = Page(found, size=PAGE, beyond=request.GET.get("before"))
    numbers = dict(Job.objects.values_list("state").annotate(Count("pk")).order_by())
    context = {
        "jobs": page.rows,
        "next": page.next,
        "state": state,
        "fleet": fleet(),
        "chips": [(each.value, each.label, numbers.get(each.value, 0)) for each in Job.State],
    }
    return render(request, "jobs/job_list.html", context)


@require_POST
@login_required
def cancel(request: UserRequest, pk: int) -> HttpResponse:
    """Cancel a job from the list."""
    _require_admin(request.user)
    job = services.request_cancel(job=visible_job(request.user, pk), by=request.user)
    ended = _("Job %(id)s is cancelled.") % {"id": job.pk}
    asked = _("Job %(id)s stops after its current step.") % {"id": job.pk}
    messages.success(request, ended if job.has_ended else asked)
    return redirect("jobs")


@require_POST
@login_required
def retry(request: UserRequest, pk: int) -> HttpResponse:
    """Queue a job again from the list."""
    _require_admin(request.user)
    job = services.retry(job=visible_job(request.user, pk), by=request.user)
    messages.success(request, _("Job %(id)s is queued again.") % {"id": job.pk})
    return redirect("jobs")


def _require_admin(user: User) -> None:
    if not user.is_superuser:
        raise NotFoundError


def _kinds(text: str) -> list[str]:
    """The kinds of events that an address names; BadInputError when there is no such kind."""
    names = text.split(",")
    if not set(names) <= set(JobEvent.Kind.values):
        known = ", ".join(JobEvent.Kind.values)
        raise BadInputError(_("Events are of these kinds: %(known)s.") % {"known": known})
    return names


def _number(text: str) -> int:
    """A whole number from an address or a header; BadInputError otherwise."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 19) or int(text) > LARGEST_KEY:
        raise BadInputError(_("This is not the number of an event."))
    return int(text)
