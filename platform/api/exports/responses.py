"""An export as an HTTP response."""

from django.http import StreamingHttpResponse

from api.exports.datasets import columns, datasets
from api.exports.encoding import CONTENT_TYPES, ENCODERS
from api.exports.filters import Filters
from api.exports.reading import lines
from core.downloads import saved_as
from labeling.models import Project


def export_response(
    *, project: Project, dataset: str, encoding: str, filters: Filters
) -> StreamingHttpResponse:
    """The whole dataset as a download.

    Its pieces may come from one thread and then another: each is read and made at one go, and
    between two of them nothing is open but the process that writes Parquet.
    """
    wanted = datasets()[dataset]
    pieces = ENCODERS[encoding](lines(wanted, project, filters), columns(wanted))
    return StreamingHttpResponse(
        pieces,
        content_type=CONTENT_TYPES[encoding],
        headers={
            **saved_as(f"{project.slug}-{dataset}.{encoding}"),
            "Cache-Control": "no-store",
        },
    )
