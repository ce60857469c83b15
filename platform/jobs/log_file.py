"""The log of a job as an answer, of pages and of the API."""

from django.http import HttpResponse

from core.downloads import saved_as
from jobs import feed
from jobs.models import Job


def log_file(job: Job) -> HttpResponse:
    """All of it, as a text file."""
    return HttpResponse(
        "".join(feed.log_lines(job)),
        content_type="text/plain; charset=utf-8",
        headers=saved_as(f"job-{job.pk}.log"),
    )
