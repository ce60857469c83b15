"""Corpora of a project: listed, added, removed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from core.text import clean_name
from labeling.access import project_for
from labeling.file_rows import Walked
from labeling.models import Project, Role
from rounds.corpora import storing
from rounds.corpora.files import read_texts
from rounds.corpora.forms import CorpusForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def corpora(request: UserRequest, slug: str) -> HttpResponse:
    """All of them; POST adds one."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    if request.method != "POST":
        return _page(request, project, form=CorpusForm())
    form = CorpusForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, project, form=form, status=422)
    try:
        name = clean_name(form.cleaned_data["file"].name or "", limit=200)
        asked = form.cleaned_data
        found = read_texts(asked["file"], name=name, encoding=asked["encoding"])
        if found.errors:
            return _page(request, project, form=form, preview=found, status=422)
        added = storing.add(
            project=project, name=asked["name"] or name, texts=found.rows, by=request.user
        )
    except BadInputError as error:
        field = next((name for name in error.errors if name in form.fields), "file")
        form.add_error(field, error.message)
        return _page(request, project, form=form, status=422)
    messages.success(request, _("“%s” can be chosen when PPO is launched.") % added.name)
    return redirect("corpora", slug)


@login_required
@require_POST
def corpus_remove(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Remove one that no run names."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    corpus = get_object_or_404(project.corpora, pk=pk)
    try:
        storing.remove(corpus=corpus, by=request.user)
    except ConflictError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("“%s” is removed.") % corpus.name)
    return redirect("corpora", slug)


def _page(
    request: UserRequest,
    project: Project,
    *,
    form: CorpusForm,
    preview: Walked[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = project.corpora.select_related("added_by").prefetch_related("runs").order_by("-pk")
    context = {"project": project, "form": form, "preview": preview, "corpora": found}
    return render(request, "rounds/corpora.html", context, status=status)
