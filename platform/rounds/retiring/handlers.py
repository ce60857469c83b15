"""The jobs that delete a project: its rows in one transaction, then its files."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.services import audit
from jobs import services as jobs
from jobs.handlers import InProcessHandler
from jobs.models import Job
from labeling.models import Project
from registry import copies, travelling
from registry.models import ModelVersion
from rounds.models import Corpus, FrozenExport, Snapshot
from rounds.retiring.archiving import DELETE
from rounds.retiring.deleting import delete_rows

REMOVE = "remove_files"


class DeleteProject(InProcessHandler):
    """Payload: project, slug."""

    name = DELETE
    label = _("Delete a project")

    def run(self, job: Job) -> dict[str, object]:
        """Delete the rows, and queue what removes the files: a crash between the two loses none."""
        with transaction.atomic():
            project = Project.objects.filter(pk=job.payload["project"]).first()
            if project is None:  # an earlier attempt did it
                return {}
            gone = delete_rows(project)
            jobs.enqueue(kind=REMOVE, payload=gone, created_by=job.created_by)
            audit(
                actor=job.created_by,
                action="project.deleted",
                target=f"labeling.Project:{job.payload['project']}",
                details={"slug": job.payload["slug"]},
            )
        return {"folders": len(gone["folders"]), "jobs": len(gone["jobs"])}


class RemoveFiles(InProcessHandler):
    """Payload: folders (addresses in the artifact store), jobs (whose folders go)."""

    name = REMOVE
    label = _("Remove its files")

    def run(self, job: Job) -> dict[str, object]:
        """Remove each folder that no row names."""
        named = set(ModelVersion.objects.values_list("uri", flat=True))
        named |= set(Snapshot.objects.values_list("uri", flat=True))
        named |= set(Corpus.objects.values_list("uri", flat=True))
        named |= set(FrozenExport.objects.values_list("uri", flat=True))
        gone = [uri for uri in job.payload["folders"] if uri not in named]
        there = set(Job.objects.filter(pk__in=job.payload["jobs"]).values_list("pk", flat=True))
        gone_jobs = [pk for pk in job.payload["jobs"] if pk not in there]
        for uri in gone:
            copies.remove(uri)
        for pk in gone_jobs:
            folder = Path(settings.JOBS) / str(pk)
            shutil.rmtree(folder, ignore_errors=not folder.exists())
        travelling.forget(gone_jobs)
        return {"removed": len(gone) + len(gone_jobs)}
