"""What people are told where a job found the disk full: what is free, needed, and removable."""

import shutil
from pathlib import Path

from django.conf import settings

from jobs.handlers import TrainingHandler
from jobs.models import Job
from training.contract.said import say

NAMED = 10  # jobs whose folders are named


def told(job: Job, handler: TrainingHandler, said: str) -> str:
    """`said`, with what is free on which disk, how much `job` needs and what may be deleted."""
    parts = [said or say("the disk is full"), *map(_free, _disks())]
    if needed := handler.bytes_needed(job):
        parts.append(say("the job needs about {size} at once", size=_megabytes(needed)))
    if leftovers := _leftovers():
        named = ", ".join(f"{path.name} ({_megabytes(size)})" for size, path in leftovers[:NAMED])
        parts.append(
            say(
                "folders of ended jobs in {folder} that may be deleted: {jobs}",
                folder=settings.JOBS,
                jobs=named,
            )
        )
    whole = parts[0]
    for part in parts[1:]:
        whole = say("{one}; {other}", one=whole, other=part)
    return whole


def _disks() -> list[Path]:
    """The folders that jobs and artifacts lie in; one of them where they share a disk."""
    folders = [path for path in map(Path, (settings.JOBS, settings.ARTIFACTS)) if path.exists()]
    by_disk = {path.stat().st_dev: path for path in reversed(folders)}
    return list(reversed(by_disk.values()))


def _free(folder: Path) -> str:
    free = _megabytes(shutil.disk_usage(folder).free)
    return say("{size} are free at {folder}", size=free, folder=folder)


def _leftovers() -> list[tuple[int, Path]]:
    """Folders of ended jobs and what deleting them frees, the largest first."""
    folders = {path.name: path for path in Path(settings.JOBS).iterdir() if path.name.isdecimal()}
    ended = Job.objects.filter(pk__in=map(int, folders), state__in=Job.ENDED)
    found = [
        (_size(folders[str(pk)]), folders[str(pk)]) for pk in ended.values_list("pk", flat=True)
    ]
    return sorted((item for item in found if item[0]), reverse=True)


def _size(folder: Path) -> int:
    """Bytes that only this folder holds: models in it are linked with the artifact store's."""
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return sum(stat.st_blocks * 512 for stat in stats if stat.st_nlink == 1)


def _megabytes(size: float) -> str:
    return f"{size / 2**20:,.1f} MiB"
