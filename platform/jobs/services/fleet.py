"""Which workers there are, and whether all processes are of the version that the database is for.

Whatever has prepared the database (`manage.py prepare`, `migrate`) says of which version it is. A
worker of another one takes no job: it could read a job's payload, or write its result, otherwise.
"""

from typing import Any

from django.db import connections, transaction
from django.db.models.functions import Now

from core.release import own_release
from jobs.models import Job, Release, Worker
from training.contract.said import say

OTHER_VERSION = "other_version"


def install(*, using: str = "default", **_: Any) -> None:
    """The database has been prepared for the version of this process; called after migrations."""
    if Release._meta.db_table not in connections[using].introspection.table_names():
        return
    newest = Release.objects.using(using).newest()
    if newest is None or newest.name != own_release():
        Release.objects.using(using).create(name=own_release())


def misfit(job: Job | None = None) -> str:
    """Why this process must not work on `job`, or on any; empty when it may.

    A job from before an upgrade may be worked on: migrations have taken it over.
    """
    newest = Release.objects.newest()
    if newest is None:
        return ""
    if newest.name != own_release():
        return say(
            "it is Rondo {own}, and the database is prepared for {other}",
            own=own_release(),
            other=newest.name,
        )
    if job and job.release not in {"", own_release()} and job.created_at > newest.created_at:
        return say(
            "it is Rondo {own}, and the job was made by {other}",
            own=own_release(),
            other=job.release,
        )
    return ""


@transaction.atomic
def report(*, name: str, queues: list[str], processes: int = 1, shards: bool = False) -> str:
    """This worker lives; why it takes no jobs. Of earlier workers of its name it is the heir."""
    reason = misfit()
    sharing = {"processes": processes, "shards": shards}
    values = {"queues": queues, "release": own_release(), "seen_at": Now(), **sharing}
    Worker.objects.update_or_create(name=name, defaults=values)
    node = name.rpartition(":")[0]
    Worker.objects.filter(name__startswith=f"{node}:").exclude(name=name).delete()
    Worker.objects.long_gone().delete()
    return reason


def leave(*, name: str) -> None:
    """This worker ends."""
    Worker.objects.filter(name=name).delete()
