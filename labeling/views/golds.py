"""Gold tasks: marked, listed, retired, uploaded."""

from django.contrib import messages
from django.db.models import Avg, Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import UserRequest
from core.errors import BadInputError
from core.paging import Page
from core.text import clean_name
from labeling.access import project_for
from labeling.checks import files, golds, uploading
from labeling.checks.choosing import settings_of
from labeling.checks.figures import figure
from labeling.checks.forms import GoldConfirmForm, GoldFileForm
from labeling.kinds import kinds
from labeling.models import Annotation, CheckScore, Gold, GoldUpload, Project, Role
from labeling.views.signed_in import signed_in
from labeling.views.walking import Walk

PAGE = 50
SHOWN = 10  # lines of a preview


@signed_in
@require_POST
def gold_mark(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Take an answer for the right one of its task."""
    project = project_for(request.user, slug, role=Role.REVIEWER)
    golds.mark(annotation=get_object_or_404(Annotation, pk=pk, project=project), by=request.user)
    if settings_of(project).gold_percent:
        said = _("The answer is gold: the task is mixed in for those who have not had it.")
    else:
        said = _(
            "The answer is gold. The task is mixed in once a manager chooses under “Checks” how"
            " many tasks are gold: it is 0 percent now."
        )
    messages.success(request, said)
    walk = Walk.of(request, project, request.POST)
    return redirect(reverse("label", args=[slug, pk]) + walk.query)


@never_cache
@signed_in
@require_GET
def gold_list(request: UserRequest, slug: str) -> HttpResponse:
    """The gold tasks of a project, newest first, with how people answered each."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    found = Gold.objects.filter(project=project).select_related("answer__annotator", "task__prompt")
    found = found.prefetch_related("task__completions")
    page = Page(found, size=PAGE, beyond=request.GET.get("before"))
    groups = CheckScore.objects.filter(gold__in=page.rows).order_by().values_list("gold")
    scores = {pk: (mean, n) for pk, mean, n in groups.annotate(Avg("agreement"), Count("pk"))}
    rows = []
    for gold in page.rows:
        gold.answer.task = gold.task
        summary = kinds()[gold.task.kind].listed(gold.answer)
        mean, n = scores.get(gold.pk, (0.0, 0))
        rows.append((gold, summary, figure(mean, n) if n else None))
    context = {"project": project, "rows": rows, "older": page.next}
    return render(request, "labeling/golds.html", context)


@signed_in
@require_POST
def gold_change(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Retire a gold task, ask it again, or move it into the test and back."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    gold = get_object_or_404(Gold, pk=pk, project=project)
    match request.POST.get("act"):
        case "retire":
            golds.retire(gold=gold, by=request.user)
        case "restore":
            golds.restore(gold=gold, by=request.user)
        case "test":
            golds.use_in_test(gold=gold, by=request.user, is_test=True)
        case "mix":
            golds.use_in_test(gold=gold, by=request.user, is_test=False)
        case _:
            raise BadInputError(_("Choose what is to be done with the gold task."))
    messages.success(request, _("The gold task is changed."))
    return redirect("golds", slug)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def gold_upload(request: UserRequest, slug: str) -> HttpResponse:
    """A file comes in, its preview goes out; the confirmation stores it."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    if request.method != "POST":
        return _page(request, project, form=GoldFileForm())
    if "upload" in request.POST:
        return _confirm(request, project)
    form = GoldFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, project, form=form, status=422)
    try:
        text = files.read_text(form.cleaned_data["file"])
        preview = files.parse_golds(text, project=project)
        name = clean_name(getattr(request.FILES["file"], "name", ""), limit=200)
    except BadInputError as error:
        form.add_error("file", error.message)
        return _page(request, project, form=form, status=422)
    GoldUpload.objects.filter(project=project, uploaded_by=request.user).delete()
    context: dict[str, object] = {"form": form, "preview": preview, "name": name}
    if preview.rows:
        upload = GoldUpload.objects.create(
            project=project, uploaded_by=request.user, name=name, content=text
        )
        context["confirm"] = GoldConfirmForm(initial={"upload": upload.pk})
        context["rows"] = preview.rows[:SHOWN]
    return _page(request, project, status=422 if preview.errors else 200, **context)


def _confirm(request: UserRequest, project: Project) -> HttpResponse:
    form = GoldConfirmForm(request.POST)
    if not form.is_valid():
        raise BadInputError(_("This file is not known any more. Choose it again."))
    own = GoldUpload.objects.filter(project=project, uploaded_by=request.user)
    upload = get_object_or_404(own, pk=form.cleaned_data["upload"])
    rows = files.parse_golds(upload.content, project=project).rows
    stored = uploading.store(project=project, rows=rows, by=request.user, source=upload.name)
    upload.delete()
    text = ngettext("%(n)d gold task is stored.", "%(n)d gold tasks are stored.", stored)
    text = text % {"n": stored}
    if known := len(rows) - stored:
        more = ngettext("%(n)d was there already.", "%(n)d were there already.", known)
        text = f"{text} {more % {'n': known}}"
    messages.success(request, text)
    return redirect("golds", project.slug)


def _page(
    request: UserRequest, project: Project, *, status: int = 200, **context: object
) -> HttpResponse:
    found = {"project": project, "kinds": kinds().values(), **context}
    return render(request, "labeling/golds_upload.html", found, status=status)
