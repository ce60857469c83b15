"""Imports that a worker stores: a file is kept, stored by a job that can be followed, and gone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError, ConflictError
from jobs import services as jobs
from jobs.handlers import InProcessHandler
from jobs.models import Job
from labeling.access import role_in
from labeling.columns import of_file
from labeling.intake import Alike
from labeling.labeled_files import MOST_WHOLE
from labeling.models import Import, Project, PromptUpload, Role
from labeling.readers import open_file
from labeling.uploads import keep_upload, opened
from labeling.whole_files import Brought, count_entries, import_file

IMPORT = "import_file"
KEPT = timedelta(days=1)  # a file that was previewed


@dataclass(frozen=True, kw_only=True)
class How:
    """How a file is stored, see `labeling.whole_files.import_file`."""

    heldout_percent: int = 0
    keep_good: bool = False
    repairs: tuple[str, ...] = ()
    split: str = ""
    by_user: bool = True
    alike: str = Alike.SAME


@transaction.atomic
def send_import(
    *,
    project: Project,
    file: IO[bytes],
    name: str,
    by: User,
    encoding: str = "",
    format_name: str = "",
    columns: Mapping[str, str] | None = None,
    how: How,
) -> Import:
    """Keep a file and queue the job that stores it; BadInputError where it is of no known form."""
    named = of_file(columns or {})
    open_file(file, named, most=MOST_WHOLE, encoding=encoding).source.entries.close()
    upload = keep_upload(
        project=project,
        file=file,
        name=name,
        by=by,
        encoding=encoding,
        format_name=format_name,
        columns=columns,
    )
    return queue_import(upload=upload, by=by, how=how)


@transaction.atomic
def queue_import(*, upload: PromptUpload, by: User, how: How) -> Import:
    """Queue the job that stores a file that is kept."""
    job = jobs.enqueue(
        kind=IMPORT,
        payload={**asdict(how), "language": get_language() or "en"},  # of what is said of bad rows
        created_by=by,
    )
    upload.imported = Import.objects.create(
        project=upload.project, name=upload.name, imported_by=by, rows=0, created=0, job=job
    )
    upload.save(update_fields=["imported"])
    return upload.imported


def cancel(*, imported: Import, by: User) -> None:
    """Let nothing of a file be stored; ConflictError where its job has ended, or it had none."""
    if imported.job is None or not imported.is_awaited:
        raise ConflictError(_("This import has ended already."))
    jobs.request_cancel(job=imported.job, by=by)


def sweep() -> int:
    """Remove files that were previewed and for a day not confirmed; how many."""
    since = timezone.now() - KEPT
    gone, _each = PromptUpload.objects.filter(imported=None, created_at__lt=since).delete()
    return gone


class ImportFile(InProcessHandler):
    """Payload: the fields of How, and the language of who asks."""

    name = IMPORT
    label = gettext_lazy("Import a file")

    def may_see(self, job: Job, user: User) -> bool:
        """Those who see the imports of its project."""
        row = Import.objects.select_related("project").filter(job=job).first()
        return row is not None and role_in(row.project, user) in {Role.REVIEWER, Role.MANAGER}

    def run(self, job: Job) -> dict[str, object]:
        """Store the file and what came of it, at once; BadInputError where it is refused."""
        row = Import.objects.select_related("project", "imported_by").filter(job=job).first()
        if row is None or row.outcome.get("is_stored"):  # removed meanwhile; stored before
            return {}
        upload = PromptUpload.objects.filter(imported=row).first()
        if upload is None:
            raise BadInputError(_("The file is not kept any more. Send it again."))
        with override(job.payload["language"]):
            try:
                with opened(upload) as file:
                    brought = _store(job, row, upload, file)
            except _Cancelled:
                return {}  # the job ends as that
            if not row.outcome["is_stored"]:
                raise refused(brought)
        return {"created": brought.result.created, "labels": brought.result.labels}

    def ended(self, job: Job) -> None:
        """The file has done its service."""
        PromptUpload.objects.filter(imported__job=job).delete()


def refused(brought: Brought) -> BadInputError:
    """What is wrong with a file of which nothing is stored."""
    number = len(brought.errors) + brought.errors_left_out
    message = ngettext(
        "Nothing is stored: %(n)d row is bad. Correct it, repair it, or keep the good ones.",
        "Nothing is stored: %(n)d rows are bad. Correct them, repair them, or keep the good ones.",
        number,
    ) % {"n": number}
    return BadInputError(message)


class _Cancelled(Exception):  # noqa: N818  no error: it takes back what was stored
    """Somebody asked for that."""


@transaction.atomic
def _store(job: Job, row: Import, upload: PromptUpload, file: IO[bytes]) -> Brought:
    """Store the rows and the outcome in one transaction, unless another worker has the job now."""
    how = How(**{k: v for k, v in job.payload.items() if k != "language"})
    columns = of_file(upload.columns)
    total = count_entries(file, encoding=upload.encoding, columns=columns)
    job.step, job.total_steps = 0, total
    brought = import_file(
        project=row.project,
        file=file,
        name=row.name,
        by=row.imported_by,
        encoding=upload.encoding,
        format_name=upload.format,
        columns=columns,
        imported=row,
        tell=partial(_tell, job),
        **asdict(how),
    )
    if jobs.held(job).cancel_requested_at is not None:
        raise _Cancelled
    row.outcome = _outcome(brought, is_stored=how.keep_good or not brought.errors)
    row.form, row.format = brought.form, brought.format.name
    row.save(update_fields=["outcome", "form", "format"])
    return brought


def _tell(job: Job, rows: int) -> None:
    """How far it is: the worker stores that beside, where this transaction is not seen."""
    job.step = min(rows, job.total_steps)
    if jobs.is_cancel_requested(job=job):
        raise _Cancelled


def _outcome(brought: Brought, *, is_stored: bool) -> dict[str, object]:
    return {
        "is_stored": is_stored,
        "good": brought.rows,
        "known": brought.result.duplicates,
        "alike": brought.result.left_out,
        "beyond": brought.result.beyond,
        "rubrics": brought.result.rubrics,
        "errors": [
            {
                "unit": e.unit,
                "line": e.line,
                "column": e.column,
                "message": e.message,
                "said": str(e),
            }
            for e in brought.errors
        ],
        "errors_left_out": brought.errors_left_out,
    }
