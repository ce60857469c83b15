"""What was imported into a project, file by file."""

from datetime import datetime
from itertools import combinations
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from api.auth import MANAGER, REVIEWER
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from core.errors import BadInputError
from core.text import clean_name
from labeling import encodings
from labeling.formats import FORMATS
from labeling.health.repairs import REPAIRS
from labeling.models import Import
from labeling.prompt_files import LARGEST
from labeling.undoing import undo_import
from labeling.whole_files import Brought, import_file

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


class ImportOut(Schema):
    """One file of which something was stored. rows: its prompts; created, labels: those new."""

    id: int
    name: str
    form: str
    format: str
    rows: int
    created: int
    labels: int
    health: list[FindingOut]
    imported_by: str
    created_at: datetime
    undone_at: datetime | None


class BadRow(Schema):
    """A row that was left out. line: its line or row; column: null where all of it is meant."""

    line: int
    column: int | None
    message: str


class ImportMade(Schema):
    """What came with a file. rows: its good rows; known: prompts that were there already.

    beyond: prompts that are left out, of users who have as many as the project takes; rubrics:
    known prompts that have the file's rubric now. health: what was found in its rows. errors: the
    first of its bad rows, which are left out; errors_left_out: how many more.
    """

    format: str
    rows: int
    created: int
    known: int
    beyond: int
    rubrics: int
    labels: int
    health: list[FindingOut]
    errors: list[BadRow]
    errors_left_out: int


class ImportQuery(Schema):
    """How a file is read and stored. Unset, format and encoding are found out.

    heldout_percent: of the prompts whose rows name no split. keep_good: bad rows are left out;
    else one bad row refuses the file. repairs: those that are made in rows that are bad without,
    as `health` of an import names them.
    """

    format: Literal[tuple(FORMATS)] | None = None  # type: ignore[valid-type]
    encoding: Literal[tuple(name for name, _label in encodings.CHOICES)] | None = None  # type: ignore[valid-type]
    heldout_percent: int = Field(0, ge=0, le=50)
    keep_good: bool = False
    repairs: Literal[SOME_REPAIRS] | None = None  # type: ignore[valid-type]


@router.post(
    "/projects/{slug:slug}/imports",
    auth=MANAGER,
    response={201: ImportMade},
    summary="Import a file of prompts or labels",
)
def create_import(
    request: ApiRequest, slug: str, how: Query[ImportQuery], file: File[UploadedFile]
) -> Status[dict[str, Any]]:
    """Of any form and format of docs/prompt-files.md, 20 MB at most; all rows or none."""
    if (file.size or 0) > LARGEST:
        raise BadInputError(
            _("The file is larger than %(most)s MB: split it.") % {"most": LARGEST // 2**20}
        )
    brought = import_file(
        project=request.project,
        raw=file.read(),
        name=clean_name(file.name or "", limit=200),
        by=request.user,
        encoding=how.encoding or "",
        format_name=how.format or "",
        heldout_percent=how.heldout_percent,
        keep_good=how.keep_good,
        repairs=how.repairs.split(",") if how.repairs else (),
    )
    if brought.errors and not how.keep_good:
        raise _refused(brought)
    return Status(
        201,
        {
            "format": brought.format.name,
            "rows": brought.rows,
            "created": brought.result.created,
            "known": brought.result.duplicates,
            "beyond": brought.result.beyond,
            "rubrics": brought.result.rubrics,
            "labels": brought.result.labels,
            "health": [each.as_json() for each in brought.health],
            "errors": [
                {"line": each.line, "column": each.column, "message": each.message}
                for each in brought.errors
            ],
            "errors_left_out": brought.errors_left_out,
        },
    )


@router.get(
    "/projects/{slug:slug}/imports",
    auth=REVIEWER,
    response=Page[ImportOut],
    summary="List what was imported",
)
def list_imports(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """The newest first."""
    found = Import.objects.filter(project=request.project).select_related("imported_by")
    return page_of(found, place, _out)


@router.get(
    "/projects/{slug:slug}/imports/{int:pk}",
    auth=REVIEWER,
    response=ImportOut,
    summary="One import",
)
def read_import(request: ApiRequest, slug: str, pk: int) -> ImportOut:
    """What came with one file."""
    return _out(_import(request, pk))


@router.post(
    "/projects/{slug:slug}/imports/{int:pk}/undo",
    auth=MANAGER,
    response=ImportOut,
    summary="Undo an import",
)
def undo_one_import(request: ApiRequest, slug: str, pk: int) -> ImportOut:
    """Remove the prompts and labels that came with the file, and tasks that nobody has begun.

    409 where one of its prompts was given to somebody, a model writes or wrote for one, a snapshot
    has one of its labels, or it is undone already: then all of it stays.
    """
    undo_import(imported=_import(request, pk), by=request.user)
    return _out(_import(request, pk))


def _import(request: ApiRequest, pk: int) -> Import:
    found = Import.objects.select_related("imported_by")
    return get_object_or_404(found, pk=pk, project=request.project)


def _refused(brought: Brought) -> BadInputError:
    """What is wrong with a file of which nothing is stored."""
    number = len(brought.errors) + brought.errors_left_out
    message = ngettext(
        "Nothing is stored: %(n)d row is bad. Correct it, repair it, or keep the good ones.",
        "Nothing is stored: %(n)d rows are bad. Correct them, repair them, or keep the good ones.",
        number,
    ) % {"n": number}
    if brought.errors_left_out:
        message += " " + _("The first %(n)d are named.") % {"n": len(brought.errors)}
    errors = {error.place: error.message for error in brought.errors}
    return BadInputError(message, errors=errors)


def _out(row: Import) -> ImportOut:
    return ImportOut(
        id=row.pk,
        name=row.name,
        form=row.form,
        format=row.format,
        rows=row.rows,
        created=row.created,
        labels=row.labels,
        health=[FindingOut(**each) for each in row.health],
        imported_by=str(row.imported_by or ""),
        created_at=row.created_at,
        undone_at=row.undone_at,
    )
