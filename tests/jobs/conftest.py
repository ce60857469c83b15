"""A kind of job for the tests, and messages that are written down instead of sent."""

import pytest

from jobs import handlers
from jobs.models import Job
from jobs.services import nudging


class Echo(handlers.InProcessHandler):
    """Answers with its payload."""

    name = "echo"

    def run(self, job: Job) -> dict[str, object]:
        return dict(job.payload)


@pytest.fixture(autouse=True)
def echo(monkeypatch):
    monkeypatch.setitem(handlers._handlers, "echo", Echo())


@pytest.fixture
def nudged(monkeypatch):
    """The ids that workers were told of."""
    ids: list[int] = []
    monkeypatch.setattr(nudging, "nudge", lambda jobs: ids.extend(job.pk for job in jobs))
    return ids
