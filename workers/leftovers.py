"""What of ended jobs is removed from this machine."""

import logging
import shutil
from pathlib import Path

from django.conf import settings

from core.errors import StoreUnreachableError
from jobs.models import Job
from registry import copies, travelling
from registry.models import ModelVersion
from registry.store import is_leftover
from rounds.models import Corpus, FrozenExport, Snapshot
from training.contract import files

logger = logging.getLogger(__name__)


def clear(folder: Path) -> None:
    """Remove what only another attempt would read: gigabytes of optimiser state.

    Where the store is a URL the model too: beside its copy, which goes when there are many.
    """
    model = (files.MODEL,) if settings.STORE_URL else ()
    for name in (files.CHECKPOINTS, files.SCRATCH, *model):
        try:
            shutil.rmtree(folder / name)
        except FileNotFoundError:
            pass
        except OSError as error:
            logger.warning("cannot be removed: %s", error)


def forget(job: Job) -> None:
    """Remove the checkpoints that travelled; what cannot be removed now is swept some day."""
    try:
        travelling.forget([job.pk])
    except StoreUnreachableError as error:
        logger.warning("job %s: its checkpoints stay for now: %s", job.pk, error)


def tidy() -> None:
    """Remove what jobs left here that went on, or were deleted, elsewhere."""
    if not settings.STORE_URL or not Path(settings.JOBS).is_dir():
        return
    folders = {int(path.name): path for path in Path(settings.JOBS).iterdir() if _is_job(path)}
    states = dict(Job.objects.filter(pk__in=folders).values_list("pk", "state"))
    for pk, folder in folders.items():
        if states.get(pk) == Job.State.SUCCEEDED:
            clear(folder)
        elif pk not in states and is_leftover(folder):
            shutil.rmtree(folder, ignore_errors=True)
    named = set(ModelVersion.objects.values_list("uri", flat=True))
    for model in (Snapshot, Corpus, FrozenExport):
        named |= set(model.objects.values_list("uri", flat=True))
    copies.drop_unnamed(named)


def _is_job(path: Path) -> bool:
    return path.name.isdecimal() and path.is_dir()
