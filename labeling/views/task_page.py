"""One task as its page shows it: in a whole page, and in the answer to what was submitted."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import limits
from core.errors import NotFoundError
from labeling import goals, skipping
from labeling.kinds import keys, kinds
from labeling.models import (
    Annotation,
    Assignment,
    Concern,
    Membership,
    Period,
    Project,
    Purpose,
    Review,
    Skipping,
    Task,
)
from labeling.views.signed_in import sign_in_url
from labeling.views.texts import work_texts


def asked_kind(request: HttpRequest) -> str | None:
    """The kind that this person asked to stay with; None is any."""
    kind = request.GET.get("kind") or None
    if kind is not None and kind not in kinds():
        raise NotFoundError(_("There is no such kind of task."))
    return kind


def with_kind(kind: str | None, path: str) -> str:
    """The address that goes on asking for `kind`."""
    return f"{path}?kind={kind}" if kind else path


def address(found: Assignment, kind: str | None) -> str:
    """Of the page of an assignment."""
    return with_kind(kind, reverse("assignment", args=[found.task.project.slug, found.pk]))


def page_context(member: Membership, found: Assignment, kind: str | None) -> dict[str, Any]:
    """What labeling/assignment.html needs."""
    project = member.project
    correcting = found.state == Assignment.State.REVISING
    return {
        "project": project,
        "may_skip": _may_skip(found),
        "correcting": correcting,
        "sent_back": Review.objects.sent_back(found) if correcting else None,
        **beside(project),
        "guidelines_changed": member.guidelines_read < project.guideline_version,
        "data": _task_data(found, kind),
        "common": common_data(member),
        **task_context(found),
    }


def next_task(
    upcoming: Assignment | None, *, project: Project, kind: str | None, shown: dict[str, Any]
) -> dict[str, Any]:
    """Where the next task is, and the task itself where the page at hand can take it.

    It cannot where the kind, its settings or the guidelines are not those that it has `shown`
    (kind, settings, guideline_version): scripts, keys and texts come with a whole page only, as
    does what is said of a correction.
    """
    if upcoming is None:
        here = reverse("label_next", args=[project.slug])
        return {"next": with_kind(kind, here), "task": None}
    coming = {**asked_of(upcoming.task), "guideline_version": project.guideline_version}
    task = None
    if coming == shown and upcoming.state != Assignment.State.REVISING:
        html = render_to_string("labeling/_task.html", task_context(upcoming))
        task = {"html": html, "data": _task_data(upcoming, kind)}
    return {"next": address(upcoming, kind), "task": task}


def asked_of(task: Task) -> dict[str, Any]:
    """What the whole page is made for, and shares with the next task or not."""
    return {"kind": task.kind, "settings": task.settings_id}


def beside(project: Project) -> dict[str, Any]:
    """What a person may do and say beside the answer, as the project has it."""
    return {
        "skip_reasons": skipping.offered(project),
        "needs_note": project.skipping == Skipping.NOTED,
        "concerns": [] if project.hides_concerns else Concern.choices,
    }


def lease(found: Assignment) -> dict[str, Any]:
    """Version of the draft, and how long the task is reserved."""
    return {
        "version": found.draft_version,
        "state": found.state,
        "lease_seconds": int((found.lease_until - timezone.now()).total_seconds()),
    }


def _may_skip(found: Assignment) -> bool:
    return _is_own_work(found) and found.task.project.skipping != Skipping.NEVER


def _is_own_work(found: Assignment) -> bool:
    """Whether others can be given it instead; a correction and a decision are nobody else's."""
    return found.purpose != Purpose.DECISION and found.state != Assignment.State.REVISING


def task_context(found: Assignment) -> dict[str, Any]:
    """What labeling/_task.html and the kind's form need."""
    kind = kinds()[found.task.kind]
    return {
        "assignment": found,
        "task": found.task,
        "prompt": found.task.prompt,
        "before": found.task.put_before,
        "may_decline": _is_own_work(found),
        "kind": kind,
        "drawn_by": kind.forms(found.task),
        **kind.context(found),
    }


def _task_data(found: Assignment, kind: str | None) -> dict[str, Any]:
    """What the page's script starts a task from."""
    here = [found.task.project.slug, found.pk]
    return {
        **lease(found),
        "id": found.pk,
        # A correction and a decision wait for their author without end.
        "has_lease": found.purpose != Purpose.DECISION and found.state != Assignment.State.REVISING,
        "draft": found.draft,
        "client_key": str(found.client_key),
        "active_seconds": found.active_seconds,
        "guideline_version": found.task.project.guideline_version,
        "submit_url": reverse("assignment", args=here),
        "draft_url": reverse("draft", args=here),
        "skip_url": with_kind(kind, reverse("skip", args=here)),
        "keep_url": _keep_url(found),
    }


def _keep_url(found: Assignment) -> str | None:
    """Where a correction is given up; None where that is no choice."""
    if found.state != Assignment.State.REVISING:
        return None
    if found.annotations.filter(standing=Annotation.Standing.SENT_BACK).exists():
        return None
    return reverse("keep", args=[found.task.project.slug, found.pk])


def common_data(member: Membership) -> dict[str, Any]:
    """What the page's script needs for any task."""
    project = member.project
    return {
        "goal": _goal_data(member),
        "undoes": True,
        "preview_url": reverse("preview", args=[project.slug]),
        "guidelines_url": reverse("guidelines_read", args=[project.slug]),
        "next_url": reverse("label_next", args=[project.slug]),
        "sign_in_url": sign_in_url(),
        "most_bytes": limits.SIGNED_IN,
        "keys": keys.PAGE,
        "texts": work_texts(),
    }


def _goal_data(member: Membership) -> dict[str, Any]:
    """What the person wants to answer, 0 without a goal, and where to ask how far they are."""
    goal = goals.goal_of(member)
    url = reverse("goal", args=[member.project.slug])
    if goal is None:
        return {"url": url, "answers": 0, "period": Period.DAY.value}
    return {"url": url, "answers": goal.answers, "period": goal.period.value}
