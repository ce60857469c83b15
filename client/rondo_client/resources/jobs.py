"""Operations on jobs. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at
from rondo_client.models.shared import (
    Job,
)


class JobsApi(Resource):
    """Jobs: list, read."""

    def list(self, *, state: str | None = None) -> Iterator[Job]:
        """List the jobs of the site.

        The newest first, of all projects.

        state: One state only. One of waiting, queued, running, succeeded, failed, cancelled.
        """
        return self._pages(Job, "/jobs", size=200, params={"state": state})

    def read(self, job: int) -> Job:
        """One job.

        For those who may follow it: of a run, the managers of its project; of an import, those who
        see its imports.
        """
        return self._ask(Job, "GET", at("/jobs/{job}", job=job))
