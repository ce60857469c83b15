"""An export as an HTTP response, streamed under ASGI and WSGI alike."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse

from api.exports.datasets import columns, datasets
from api.exports.encoding import CONTENT_TYPES, ENCODERS
from api.exports.filters import Filters
from api.exports.reading import read
from labeling.models import Project


def export_response(
    request: HttpRequest, *, project: Project, dataset: str, encoding: str, filters: Filters
) -> StreamingHttpResponse:
    """The whole dataset as a download."""
    wanted = datasets()[dataset]
    pieces = ENCODERS[encoding](read(wanted, project, filters), columns(wanted))
    # Django would read a synchronous iterator under ASGI to its end before the first byte.
    content = _in_thread(pieces) if isinstance(request, ASGIRequest) else pieces
    return StreamingHttpResponse(
        content,
        content_type=CONTENT_TYPES[encoding],
        headers={
            "Content-Disposition": f'attachment; filename="{project.slug}-{dataset}.{encoding}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )


async def _in_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece computed in the request's own thread, so that the event loop stays free.

    Between two pieces the thread keeps no connection: the pool's are not for slow readers.
    """

    def following() -> bytes | None:
        try:
            return next(pieces, None)  # a StopIteration could not leave the thread
        finally:
            connection.close()

    while (piece := await sync_to_async(following)()) is not None:
        if piece:
            yield piece
