"""Checkpoints of jobs in the store at a URL, from where a worker on another host goes on.

    jobs/<job>-<second of its making>/<claim>-<number>/

Each holds what lies among a job's checkpoints and is needed to go on. Claims of a job only count
up, so that what a worker uploads that has lost its job is never the newest.
"""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from jobs.models import Job
from registry import remote
from training.contract.manifest import Files

KEPT = 2  # as trainers keep them: a bad one costs one


class Saved(NamedTuple):
    """Which claim of the job uploaded it, as the how manieth."""

    claim: int
    number: int


def root_of(job: Job) -> str:
    """Where those of `job` are: after a restore another job may have its number."""
    return f"jobs/{job.pk}-{int(job.created_at.timestamp())}"


def saved(job: Job) -> list[Saved]:
    """What was uploaded of `job`, be it half, the newest first."""
    pairs = (name.split("-") for name in remote.names(root_of(job)))
    return sorted((Saved(int(claim), int(number)) for claim, number in pairs), reverse=True)


def save(job: Job, number: int, folder: Path, files: Files) -> None:
    """Upload `folder`, and remove older ones but for the newest before it."""
    own = Saved(job.epoch, number)
    remote.upload(folder, _uri(job, own), files)
    for old in [each for each in saved(job) if each <= own][KEPT:]:
        remote.delete(_uri(job, old))


def load(job: Job, which: Saved, folder: Path) -> None:
    """Fetch one into the empty `folder`; ManifestError where it is not whole."""
    uri = _uri(job, which)
    remote.download(uri, remote.manifest_at(uri), folder)


def forget(pks: Collection[int]) -> None:
    """Remove all of jobs that nobody goes on with."""
    if not settings.STORE_URL or not pks:
        return
    for name in remote.names("jobs"):
        if _job_of(name) in pks:
            remote.delete(f"jobs/{name}")


def sweep() -> list[str]:
    """Remove those of jobs that are gone or have ended well, after a day of grace."""
    if not settings.STORE_URL:
        return []
    pks = {_job_of(name) for name in remote.names("jobs")}
    unfinished = Job.objects.filter(pk__in=pks).exclude(state=Job.State.SUCCEEDED)
    return remote.sweep("jobs", keep={root_of(job) for job in unfinished})


def _job_of(name: str) -> int:
    number = name.partition("-")[0]
    return int(number) if number.isdecimal() else 0


def _uri(job: Job, which: Saved) -> str:
    return f"{root_of(job)}/{which.claim:06}-{which.number:06}"
