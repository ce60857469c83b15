"""The pages of tasks as a manager sets them: an editor of a kind's settings, beside the page."""

from dataclasses import dataclass, field
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError, NotFoundError
from labeling import kind_settings, settings_form, staging
from labeling.access import project_for
from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.models import KindSettings, Project, Role
from labeling.views.signed_in import signed_in

VERSIONS = 20  # that are listed


def chosen_kind(request: UserRequest) -> AnnotationKind:
    """The kind that the address names; the first one without a name."""
    name = request.GET.get("kind") or next(iter(kinds()))
    if name not in kinds():
        raise NotFoundError(_("There is no such kind of task."))
    return kinds()[name]


def tried(project: Project, kind: AnnotationKind) -> str:
    """Where a session keeps the settings that are tried before they are stored."""
    return f"tried:{project.pk}:{kind.name}"


@dataclass
class Edited:
    """What the editor holds. number: of the version that it began from."""

    content: Any
    number: int
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    focus: str = ""


@never_cache
@csp_update({"frame-src": ["'self'"]})
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def task_pages(request: UserRequest, slug: str) -> HttpResponse:
    """One kind: what is set of it, and its page to try. POST changes the form, or stores it."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    kind = chosen_kind(request)
    newest = kind_settings.newest(project, kind.name)
    if request.method != "POST":
        request.session.pop(tried(project, kind), None)
        return _page(request, project, kind, _stored(kind, newest))
    if kind.Settings is None:
        raise BadInputError(_("There is nothing to set of this kind."))
    number = request.POST.get("number", "")
    edited = Edited(
        content=settings_form.sent(kind.Settings, request.POST),
        number=int(number) if number.isdecimal() and len(number) < 9 else 0,
    )
    act = request.POST.get("act", "")
    if act == "save" and _save(request, project, kind, edited):
        return redirect(_address(project, kind))
    verb, _dot, name = act.partition(".")
    if verb == "template" and name in kind.templates:
        edited.content = kind.templates[name][1]().model_dump(mode="json")
    edited.content, edited.focus = settings_form.acted(kind.Settings, edited.content, act)
    _try(request, project, kind, edited, is_told=act in {"save", "show"})
    status = 422 if act in {"save", "show"} and (edited.errors or edited.problem) else 200
    return _page(request, project, kind, edited, status=status)


def _stored(kind: AnnotationKind, newest: KindSettings | None) -> Edited:
    """What is in force; the built-in template will be version 1."""
    if newest is not None:
        return Edited(content=newest.content, number=newest.number)
    template = kind.read_settings(None)
    return Edited(content=template and template.model_dump(mode="json"), number=1)


def _save(request: UserRequest, project: Project, kind: AnnotationKind, edited: Edited) -> bool:
    try:
        after = kind_settings.change(
            project=project,
            kind=kind.name,
            content=edited.content,
            number=edited.number,
            by=request.user,
            open_tasks="open_tasks" in request.POST,
        )
    except (BadInputError, ConflictError) as error:
        edited.errors, edited.problem = error.errors, error.message
        return False
    messages.success(request, _("Version %(number)s is in force.") % {"number": after.number})
    return True


def _try(
    request: UserRequest, project: Project, kind: AnnotationKind, edited: Edited, *, is_told: bool
) -> None:
    """Let the page beside the form show what the form holds, once that is right."""
    try:
        request.session[tried(project, kind)] = kind_settings.checked(kind.name, edited.content)
    except BadInputError as error:
        if is_told:
            edited.errors, edited.problem = error.errors, error.message


def _address(project: Project, kind: AnnotationKind) -> str:
    return f"{reverse('task_pages', args=[project.slug])}?kind={kind.name}"


def _page(
    request: UserRequest, project: Project, kind: AnnotationKind, edited: Edited, status: int = 200
) -> HttpResponse:
    versions = project.kind_settings.filter(kind=kind.name).select_related("created_by")
    fields = []
    if kind.Settings is not None:
        fields = list(
            settings_form.drawn(kind.Settings, edited.content, edited.errors, focus=edited.focus)
        )
    shown = {field.name for field in fields} if fields else set()
    context = {
        "project": project,
        "kind": kind,
        "kinds": kinds().values(),
        "edited": edited,
        "fields": fields,
        # What is wrong with all of it, and stands at no field.
        "elsewhere": [
            text for path, text in edited.errors.items() if path.partition(".")[0] not in shown
        ],
        "versions": versions.order_by("-number")[:VERSIONS],
        "not_begun": kind_settings.not_begun(project, kind.name).count() if fields else 0,
        "prompts": staging.offered(project, kind),
        "prompt": request.GET.get("prompt", ""),
        "try_url": f"{reverse('task_page_try', args=[project.slug])}?kind={kind.name}",
    }
    return render(request, "labeling/task_pages.html", context, status=status)
