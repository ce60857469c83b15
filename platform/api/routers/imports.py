"""What was imported into a project, file by file."""

from datetime import datetime
from itertools import combinations
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from api.auth import MANAGER, REVIEWER
from api.parts import JobState
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from core import limits
from core.errors import BadInputError
from core.text import clean_name
from labeling import columns, encodings, import_jobs
from labeling.formats import FORMATS
from labeling.health.repairs import REPAIRS
from labeling.import_jobs import How, send_import
from labeling.models import Import
from labeling.undoing import undo_import

router = Router(tags=["prompts"])
SOME_REPAIRS = tuple(
    ",".join(some)
    for number in range(1, len(REPAIRS) + 1)
    for some in combinations([repair.name for repair in REPAIRS], number)
)


class FindingOut(Schema):
    """What was found in a file. count: how many lines or rows; lines: the first 20 of them."""

    check: str
    count: int
    lines: list[int]


class BadRow(Schema):
    """A bad row. line: which line of a text, or row of a table, from 1 on; column: null for all."""

    unit: Literal["line", "row"]
    line: int
    column: int | None
    message: str


class ImportOut(Schema):
    """One file: stored, or to be stored by a job. state: of the job; succeeded: it is stored.

    done, total: how many of its rows the job has come to, of how many; none of them is there before
    all are. error: why nothing is stored. good: its good rows; rows: its
    prompts, each once; created, labels: those new; known: prompts that were there already; alike:
    prompts that are left out, the same as another but for white space, case or Unicode form;
    beyond: those left out of users who have as many as the project takes; rubrics: known prompts
    that have the file's rubric now. health: what was found in its rows. errors: the first
    of its bad rows; errors_left_out: how many more.
    """

    id: int
    name: str
    state: JobState
    job: int | None
    done: int
    total: int
    error: str
    form: str
    format: str
    good: int | None
    rows: int
    created: int
    known: int
    alike: int
    beyond: int
    rubrics: int
    labels: int
    health: list[FindingOut]
    errors: list[BadRow]
    errors_left_out: int
    imported_by: str
    created_at: datetime
    undone_at: datetime | None


class ImportQuery(Schema):
    """How a file is read and stored."""

    format: Literal[tuple(FORMATS)] | None = Field(  # type: ignore[valid-type]
        None, description="Without one it is found out."
    )
    encoding: Literal[tuple(name for name, _label in encodings.CHOICES)] | None = Field(  # type: ignore[valid-type]
        None, description="Without one it is found out."
    )
    columns: str | None = Field(
        None,
        max_length=2000,
        description="Columns or keys that are called otherwise, as theirs=ours with commas between:"
        f" question=prompt,lang=language. Ours is one of {', '.join(columns.TARGETS)}.",
    )
    heldout_percent: int = Field(
        0, ge=0, le=50, description="Of the prompts whose rows name no split."
    )
    split: Literal["train", "heldout"] | None = Field(
        None, description="Of all prompts whose rows name none."
    )
    keep_good: bool = Field(
        False, description="Bad rows are left out; else one bad row refuses the file."
    )
    alike: Literal["same", "all"] = Field(
        "same",
        description="same: prompts that differ from one before them in the file, or in the project,"
        " in white space, case or Unicode form only are left out, unless a label needs them or"
        " Rondo exported them; all: they are imported.",
    )
    repairs: Literal[SOME_REPAIRS] | None = Field(  # type: ignore[valid-type]
        None, description="Made in rows that are bad without, as `health` of an import names them."
    )


@router.post(
    "/projects/{slug:slug}/imports",
    auth=MANAGER,
    response={202: ImportOut},
    summary="Import a file of prompts or labels",
)
def create_import(
    request: ApiRequest, slug: str, how: Query[ImportQuery], file: File[UploadedFile]
) -> Status[ImportOut]:
    """Of any form and format of docs/prompt-files.md, 256 MB at most; all rows or none.

    A job stores it: ask for the import until its `state` is succeeded, failed or cancelled. 422
    where it is of no form that is known.
    """
    if (file.size or 0) > (most := limits.IMPORT_FILE):
        raise BadInputError(
            _("The file is larger than %(most)s MB: split it.") % {"most": most // 2**20}
        )
    imported = send_import(
        project=request.project,
        file=file,
        name=clean_name(file.name or "", limit=200),
        by=request.user,
        encoding=how.encoding or "",
        format_name=how.format or "",
        columns=columns.read(how.columns or ""),
        how=How(
            heldout_percent=how.heldout_percent,
            split=how.split or "",
            keep_good=how.keep_good,
            alike=how.alike,
            repairs=tuple(how.repairs.split(",")) if how.repairs else (),
        ),
    )
    return Status(202, _out(imported))


@router.get(
    "/projects/{slug:slug}/imports",
    auth=REVIEWER,
    response=Page[ImportOut],
    summary="List what was imported",
)
def list_imports(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    found = request.project.imports.select_related("imported_by", "job")
    return page_of(found, place, _out)


@router.get(
    "/projects/{slug:slug}/imports/{int:pk}",
    auth=REVIEWER,
    response=ImportOut,
    summary="One import",
)
def read_import(request: ApiRequest, slug: str, pk: int) -> ImportOut:
    """What came with one file, or how far it is."""
    return _out(_import(request, pk))


@router.post(
    "/projects/{slug:slug}/imports/{int:pk}/cancel",
    auth=MANAGER,
    response=ImportOut,
    summary="Cancel an import",
)
def cancel_import(request: ApiRequest, slug: str, pk: int) -> ImportOut:
    """Nothing of the file is stored then. 409 where its job has ended, or it had none."""
    import_jobs.cancel(imported=_import(request, pk), by=request.user)
    return _out(_import(request, pk))


@router.post(
    "/projects/{slug:slug}/imports/{int:pk}/undo",
    auth=MANAGER,
    response=ImportOut,
    summary="Undo an import",
)
def undo_one_import(request: ApiRequest, slug: str, pk: int) -> ImportOut:
    """Remove the prompts and labels that came with the file, and tasks that nobody has begun.

    409 where nothing is stored, one of its prompts was given to somebody, a model writes or wrote
    for one, a snapshot has one of its labels, or it is undone already: then all of it stays.
    """
    undo_import(imported=_import(request, pk), by=request.user)
    return _out(_import(request, pk))


def _import(request: ApiRequest, pk: int) -> Import:
    found = Import.objects.select_related("imported_by", "job")
    return get_object_or_404(found, pk=pk, project=request.project)


def _out(row: Import) -> ImportOut:
    job, outcome = row.job, row.outcome
    numbers = {name: outcome.get(name, 0) for name in ("known", "alike", "beyond", "rubrics")}
    done, total = (job.step, job.total_steps) if job else (0, 0)
    if job and row.is_stored and outcome:  # the last that was told of it was before its end
        done = total = outcome["good"] + len(row.errors) + outcome["errors_left_out"]
    names = ("name", "state", "form", "format", "rows", "created", "labels", "created_at")
    return ImportOut(
        id=row.pk,
        job=row.job_id,
        done=done,
        total=total,
        error=job.details if job and not row.is_stored else "",
        good=outcome.get("good"),
        health=[FindingOut(**each) for each in row.health],
        errors=[BadRow(**{k: each[k] for k in BadRow.model_fields}) for each in row.errors],
        errors_left_out=outcome.get("errors_left_out", 0),
        imported_by=str(row.imported_by or ""),
        undone_at=row.undone_at,
        **{name: getattr(row, name) for name in names},
        **numbers,
    )
