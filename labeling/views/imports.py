"""What was imported into a project, file by file, and that undone."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import UserRequest
from core.errors import ConflictError
from core.paging import Page
from labeling.access import membership_for, project_for
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
    found = Import.objects.filter(project=member.project).select_related("imported_by", "undone_by")
    page = Page(found.annotate(left=Count("prompts")), size=PAGE, beyond=request.GET.get("before"))
    context = {
        "project": member.project,
        "is_manager": member.role == Role.MANAGER,
        "imports": page.rows,
        "older": page.next,
    }
    return render(request, "labeling/prompt_imports.html", context)


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
