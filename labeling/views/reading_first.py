"""Whoever has not opened the newest guidelines is led to them before the next task."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from labeling.checks.choosing import settings_of
from labeling.models import Membership, Project
from labeling.views.task_page import with_kind


def must_read_first(member: Membership) -> bool:
    """Whether the project wants it and there is something to read. No query."""
    project = member.project
    is_unread = member.guidelines_read < project.guideline_version
    return is_unread and bool(project.guidelines) and settings_of(project).guidelines_first


def to_guidelines(request: UserRequest, project: Project, kind: str | None) -> HttpResponse:
    """There, with a word on why; the way back asks for the same kind."""
    messages.info(request, _("The guidelines are new, or have changed: read them, then continue."))
    return redirect(with_kind(kind, reverse("guidelines", args=[project.slug])))
