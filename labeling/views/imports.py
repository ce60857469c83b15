"""What was imported into a project, file by file, and that undone."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import UserRequest
from core.errors import ConflictError
from core.paging import Page
from labeling.access import membership_for, project_for
from labeling.health import report
from labeling.import_jobs import cancel
from labeling.models import Import, Role
from labeling.undoing import undo_import
from labeling.views.signed_in import signed_in

PAGE = 20


@never_cache
@signed_in
@require_GET
def prompt_imports(request: UserRequest, slug: str) -> HttpResponse:
    """The files whose prompts were stored, newest first."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    found = member.project.imports.select_related("imported_by", "undone_by", "job")
    page = Page(found.annotate(left=Count("prompts")), size=PAGE, beyond=request.GET.get("before"))
    context = {
        "project": member.project,
        "is_manager": member.role == Role.MANAGER,
        "imports": page.rows,
        "older": page.next,
    }
    return render(request, "labeling/prompt_imports.html", context)


@never_cache
@signed_in
@require_GET
def import_detail(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """What came with one file, or how far it is, or why nothing came."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    found = member.project.imports.select_related("imported_by", "undone_by", "job")
    imported = get_object_or_404(found.annotate(left=Count("prompts")), pk=pk)
    context = {
        "project": member.project,
        "is_manager": member.role == Role.MANAGER,
        "imported": imported,
        "health": report.told(imported.health),
        "error": imported.job.details if imported.job else "",
    }
    return render(request, "labeling/import_detail.html", context)


@signed_in
@require_POST
def import_cancel(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Let nothing of a file be stored."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    try:
        cancel(
            imported=get_object_or_404(project.imports.select_related("job"), pk=pk),
            by=request.user,
        )
    except ConflictError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The import is cancelled: nothing of the file is stored."))
    return redirect("import_detail", slug, pk)


@signed_in
@require_POST
def import_undo(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Remove what came with one file."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    imported = get_object_or_404(Import, pk=pk, project=project)
    try:
        removed = undo_import(imported=imported, by=request.user)
    except ConflictError as error:
        messages.error(request, error.message)
    else:
        text = ngettext("%(n)d prompt is removed.", "%(n)d prompts are removed.", removed)
        said = text % {"n": removed}
        if imported.labels:
            labels = ngettext(
                "%(n)d label is removed.", "%(n)d labels are removed.", imported.labels
            )
            said = f"{said} {labels % {'n': imported.labels}}"
        messages.success(request, said)
    return redirect("prompt_imports", slug)
