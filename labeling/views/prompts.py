"""The prompts of a project, and their import."""

from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.requests import UserRequest
from core.errors import BadInputError
from core.paging import Page
from labeling.access import membership_for
from labeling.models import Project, Prompt, Role
from labeling.prompt_filter import PromptFilter
from labeling.proposals import diversity
from labeling.views.signed_in import signed_in

PAGE = 50
SHOWN = 10  # lines of a preview
TOLD = ("split", "language", "use_case")  # columns of it, where one of its lines says something
MOST_KEYS = 50  # of metadata, proposed to who filters


@never_cache
@signed_in
@require_GET
def prompts(request: UserRequest, slug: str) -> HttpResponse:
    """The newest prompts that fit the filter, a page at a time."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    project = member.project
    form = PromptFilter(request.GET)
    if not form.is_valid():
        raise BadInputError(_("This filter cannot be read. Start again from the list."))
    asked = form.cleaned_data
    found = form.among(Prompt.objects.filter(project=project))
    listed = found.with_author().annotate(task_count=Count("tasks"))
    page = Page(listed, size=PAGE, beyond=asked["before"])
    filters = {name: value for name, value in asked.items() if value and name != "before"}
    older = {**filters, "before": page.next} if page.next else None
    context = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "prompts": page.rows,
        "filters": filters,
        "asked": asked,
        "newest": f"?{urlencode(filters)}" if asked["before"] else "",
        "older": f"?{urlencode(older)}" if older else "",
        "splits": form.fields["split"].choices,  # type: ignore[attr-defined]
        "languages": _values(project, "language"),
        "use_cases": _values(project, "use_case"),
        "sources": _values(project, "source"),
        "authors": diversity.authors(project),
        "metadata_keys": _keys(page.rows),
    }
    return render(request, "labeling/prompts.html", context)


def _values(project: Project, name: str) -> list[tuple[str, int]]:
    rows = project.prompts.order_by().values_list(name).annotate(Count("pk"))
    return [row for row in rows.order_by(name) if row[0]]


def _keys(rows: list[Prompt]) -> list[str]:
    """What may be asked of the metadata, as far as the page at hand tells."""
    return sorted({key for row in rows for key in row.metadata})[:MOST_KEYS]
