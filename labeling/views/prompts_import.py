"""A file of prompts: previewed, its columns named, imported."""

from dataclasses import replace
from typing import IO

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from core.errors import BadInputError
from core.text import clean_name
from labeling import encodings, import_preview, importing, model_fit
from labeling.access import project_for
from labeling.columns import columns_of, of_file
from labeling.columns_form import ColumnsForm
from labeling.confirm_form import ConfirmForm
from labeling.fitting import fitting
from labeling.formats import Label
from labeling.forms import ImportForm
from labeling.health import report
from labeling.health.base import Finding
from labeling.import_jobs import How, queue_import
from labeling.intake import take
from labeling.labeled_files import LabeledPreview, parse_file, said_of
from labeling.models import Project, PromptUpload, Role
from labeling.prompt_files import HEAD, LARGE, MOST_METADATA, PromptRow
from labeling.redaction import redact
from labeling.uploads import keep_upload, opened
from labeling.views import import_words
from labeling.views.signed_in import signed_in

SHOWN = 10  # lines of a preview
TOLD = ("split", "language", "use_case")  # columns of it, where one of its lines says something


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def prompts_import(request: UserRequest, slug: str) -> HttpResponse:
    """A file comes in, its preview goes out; the confirmation stores it."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    if request.method != "POST":
        return _page(request, project, form=ImportForm())
    if "columns" in request.POST:
        return _name_columns(request, project)
    if "upload" in request.POST:
        return _confirm(request, project)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, project, form=form, status=422)
    file, asked = form.cleaned_data["file"], form.cleaned_data
    try:
        name = clean_name(file.name or "", limit=200)
    except BadInputError as error:
        form.add_error("file", error.message)
        return _page(request, project, form=form, status=422)
    _previewed(request, project).delete()
    upload = keep_upload(
        project=project,
        file=file,
        name=name,
        by=request.user,
        encoding=asked["encoding"],
        format_name=asked["format"],
    )
    return _preview(request, project, form, upload, file)


def _name_columns(request: UserRequest, project: Project) -> HttpResponse:
    """The file that was previewed again, with names of its columns."""
    asked = ColumnsForm((), request.POST)
    key = asked.cleaned_data["upload"] if asked.is_valid() else None
    upload = get_object_or_404(_previewed(request, project), pk=key)
    form = ImportForm(initial={"encoding": upload.encoding, "format": upload.format})
    with opened(upload) as file:
        names = columns_of(file, encoding=upload.encoding)
        named = ColumnsForm(names, request.POST)
        if not named.is_valid():
            return _page(request, project, form=form, columns_form=named, status=422)
        upload.columns = named.cleaned_data["columns"]
        return _preview(request, project, form, upload, file)


def _preview(
    request: UserRequest,
    project: Project,
    form: ImportForm,
    upload: PromptUpload,
    file: IO[bytes],
) -> HttpResponse:
    """What the file holds; it is kept as long as something can be made of it."""
    is_large = upload.size > LARGE
    names = columns_of(file, encoding=upload.encoding)
    named = ColumnsForm.of(upload.pk, names, upload.columns) if names else None
    try:
        preview = parse_file(
            file,
            upload.encoding,
            format_name=upload.format,
            columns=of_file(upload.columns),
            first=HEAD if is_large else None,
            passes=[fitting(project)],
        )
        bare = redact(project, preview.rows, preview.labels)
        needed = {label.prompt for label in bare.labels}
        taken = take(project, bare.rows, compares=not is_large, needed=needed)
        standing = import_preview.standing(project, bare.rows, bare.labels, taken)
    except BadInputError as error:
        if named is None:
            upload.delete()
        form.add_error("file", error.message)
        return _page(request, project, form=form, columns_form=named, status=422)
    upload.save()
    if not preview.rows and not preview.offered:
        return _page(request, project, form=form, preview=preview, columns_form=named, status=422)
    rows = _shown(replace(preview, rows=bare.rows, labels=bare.labels))  # as they will come in
    is_of_users = any(row.asker for row in preview.rows)
    return _page(
        request,
        project,
        form=form,
        preview=preview,
        columns_form=named,
        name=upload.name,
        size=upload.size if is_large else 0,
        head=min(HEAD, preview.looked_at),
        near=taken.near_only[:SHOWN],
        more_near=len(taken.near_only[SHOWN:]),
        is_compared=taken.is_whole,
        redacted=len(bare.originals),
        rows=rows,
        shown={row.line for row, _labels in rows},
        told={name for name in TOLD if any(getattr(row, name) for row, _labels in rows)},
        encoding=dict(encodings.CHOICES).get(preview.encoding, ""),
        standing=None if is_large else standing,
        buttons={} if is_large else import_words.buttons(project, taken, standing, needed),
        warnings=model_fit.warnings(project, preview.rows),
        health=report.told([each.as_json() for each in _health(preview)]),
        confirm=ConfirmForm.of(
            upload.pk, preview.offered, is_of_users=is_of_users, is_large=is_large
        ),
        status=422 if preview.errors else 200,
    )


def _previewed(request: UserRequest, project: Project) -> QuerySet[PromptUpload]:
    """What this person has sent and not confirmed."""
    return PromptUpload.objects.filter(project=project, uploaded_by=request.user, imported=None)


def _shown(preview: LabeledPreview) -> list[tuple[PromptRow, list[Label]]]:
    """The first rows; where the encoding is a guess, the first that show whether it is right."""
    telling = [row for row in preview.rows if not row.last_text.isascii()]
    rows = (telling if preview.guessed and telling else preview.rows)[:SHOWN]
    return [(row, preview.labels_of(row)) for row in rows]


def _health(preview: LabeledPreview) -> list[Finding]:
    return [
        *report.of_prompts(said_of(preview.rows, preview.labels), preview.offered),
        *report.of_pairs(preview.pairs),
    ]


def _confirm(request: UserRequest, project: Project) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise BadInputError(_("Between 0 and 50 percent can be held out. Go back and try again."))
    upload = get_object_or_404(_previewed(request, project), pk=form.cleaned_data["upload"])
    repairs = form.cleaned_data["repairs"]
    if upload.size > LARGE:
        how = How(
            heldout_percent=form.cleaned_data["heldout_percent"],
            keep_good=form.cleaned_data["keep_good"],
            repairs=tuple(repairs),
            by_user=form.cleaned_data["by_user"],
            alike=form.cleaned_data["alike"],
        )
        imported = queue_import(upload=upload, by=request.user, how=how)
        return redirect("import_detail", project.slug, imported.pk)
    with opened(upload) as file:
        preview = parse_file(
            file,
            upload.encoding,
            repairs,
            format_name=upload.format,
            columns=of_file(upload.columns),
            passes=[fitting(project)],
        )
    result = importing.import_prompts(
        project=project,
        rows=preview.rows,
        form=preview.form,
        source=upload.name,
        by=request.user,
        heldout_percent=form.cleaned_data["heldout_percent"],
        health=_health(preview),
        labels=preview.labels,
        format_name=preview.format.name,
        alike=form.cleaned_data["alike"],
        by_user=form.cleaned_data["by_user"],
    )
    upload.delete()
    stored = ngettext("%(n)d prompt is stored.", "%(n)d prompts are stored.", result.created)
    text = stored % {"n": result.created}
    if result.duplicates:
        known = ngettext("%(n)d was there already.", "%(n)d were there already.", result.duplicates)
        text = f"{text} {known % {'n': result.duplicates}}"
    if out := result.left_out + result.beyond:
        left = ngettext("%(n)d was left out.", "%(n)d were left out.", out)
        text = f"{text} {left % {'n': out}}"
    if result.rubrics:
        more = ngettext(
            "%(n)d of these has a rubric now.", "%(n)d of these have a rubric now.", result.rubrics
        )
        text = f"{text} {more % {'n': result.rubrics}}"
    if result.labels:
        labels = ngettext("%(n)d label is stored.", "%(n)d labels are stored.", result.labels)
        text = f"{text} {labels % {'n': result.labels}}"
    messages.success(request, text)
    return redirect("prompts", project.slug)


def _page(
    request: UserRequest, project: Project, *, status: int = 200, **context: object
) -> HttpResponse:
    context = {"project": project, "most": MOST_METADATA, **context}
    return render(request, "labeling/prompts_import.html", context, status=status)
