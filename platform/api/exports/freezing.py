"""Permalinks: an export written once, as a file that never changes."""

import hashlib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from api.exports.datasets import columns, datasets, source_of
from api.exports.encoding import ENCODERS
from api.exports.filters import Filters
from api.exports.reading import lines
from jobs import services as jobs
from jobs.handlers import InProcessHandler
from jobs.models import Job
from labeling.models import Project
from registry import copies, freezing
from rounds.models import FrozenExport

FREEZE = "freeze_export"


@transaction.atomic
def freeze(
    *, project: Project, dataset: str, encoding: str, filters: Filters, by: User
) -> FrozenExport:
    """A row whose file a job will write. BadRequestError for a filter that the dataset lacks."""
    filters.check(source_of(datasets()[dataset]).filters)
    frozen = FrozenExport.objects.create(
        project=project, dataset=dataset, encoding=encoding, filters=filters.asked, made_by=by
    )
    frozen.job = jobs.enqueue(kind=FREEZE, payload={"export": frozen.pk}, created_by=by)
    frozen.save(update_fields=["job"])
    _audit(frozen, "export.frozen", by)
    return frozen


@transaction.atomic
def remove(*, frozen: FrozenExport, by: User) -> None:
    """Remove a frozen export, and its file where no other one is the same."""
    _audit(frozen, "export.removed", by)
    uri = frozen.uri
    frozen.delete()
    if uri:
        transaction.on_commit(lambda: _drop(uri))


class FreezeExport(InProcessHandler):
    """Payload: export."""

    name = FREEZE
    label = _("Freeze an export")

    def run(self, job: Job) -> dict[str, object]:
        """Write the file, unless an earlier attempt did or somebody removed the row."""
        frozen = FrozenExport.objects.select_related("project").filter(pk=job.payload["export"])
        row = frozen.first()
        if row is None or row.is_there:
            return {}
        sha256, files = freezing.freeze(freezing.EXPORTS, lambda folder: _write(folder, row))
        file, uri = files[row.file], f"{freezing.EXPORTS}/{sha256}"
        of_file = {"sha256": file["sha256"], "size": file["size"]}
        if not frozen.update(uri=uri, manifest=files, **of_file):  # removed meanwhile
            _drop(uri)
        return of_file


def _write(folder: Path, row: FrozenExport) -> freezing.Files:
    dataset, digest, size = datasets()[row.dataset], hashlib.sha256(), 0
    found = lines(dataset, row.project, Filters.model_validate(row.filters))
    with (folder / row.file).open("wb") as file:
        for piece in ENCODERS[row.encoding](found, columns(dataset)):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    return {row.file: {"sha256": digest.hexdigest(), "size": size}}


def _drop(uri: str) -> None:
    """Remove a folder that no row names."""
    if not FrozenExport.objects.filter(uri=uri).exists():
        copies.remove(uri)


def _audit(frozen: FrozenExport, action: str, by: User) -> None:
    details: dict[str, Any] = {"name": frozen.file, "sha256": frozen.sha256}
    target = f"labeling.Project:{frozen.project_id}"
    audit(actor=by, action=action, target=target, details=details)
