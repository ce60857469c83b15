"""A file that never changes, as HTTP has it: with an ETag, in parts, and resumed (RFC 9110)."""

import re
from base64 import b64encode
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from core.downloads import saved_as
from core.problems import problem
from registry.pieces import pieces

# One part, from a place, or so many last bytes. Of several parts all is sent, as may be done.
_PART = re.compile(r"bytes=(?:(?P<first>\d{1,18})-(?P<last>\d{0,18})|-(?P<ends>\d{1,18}))")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """`file` of the folder of the store at `uri`, of which size (bytes) and SHA-256 are known.

    name: what it is called at the other end.

    The SHA-256 is its ETag: a file of another content is another one.
    """

    uri: str
    file: str
    size: int
    sha256: str
    content_type: str
    name: str

    @property
    def etag(self) -> str:
        """As headers have it."""
        return f'"{self.sha256}"'


def answer(request: HttpRequest, file: Stored) -> HttpResponseBase:
    """All of it, the part that was asked for, or that it is known already."""
    known = {tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")}
    response: HttpResponseBase
    if known & {file.etag, f"W/{file.etag}", "*"}:
        response = HttpResponseNotModified()
    else:
        response = _part(request, file)
    response["ETag"] = file.etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-transform, max-age=0"
    return response


def _part(request: HttpRequest, file: Stored) -> HttpResponseBase:
    first, last, status = 0, file.size - 1, 200
    asked = _PART.fullmatch(request.headers.get("Range", ""))
    if asked and request.headers.get("If-Range", file.etag) == file.etag:
        bounds = _bounds(asked, file.size)
        if bounds is None:
            return _beyond(request, file)
        (first, last), status = bounds, 206
    count = last - first + 1
    part = pieces(file.uri, file.file, size=file.size, first=first, count=count)
    response = StreamingHttpResponse(
        part, status=status, content_type=file.content_type, headers=saved_as(file.name)
    )
    if status == 206:
        response["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    response["Content-Length"] = str(count)
    digest = b64encode(bytes.fromhex(file.sha256)).decode()
    response["Repr-Digest"] = f"sha-256=:{digest}:"  # RFC 9530: of all of it
    return response


def _bounds(asked: re.Match[str], size: int) -> tuple[int, int] | None:
    """The first and the last byte; None where there is no byte to send."""
    if asked["ends"]:
        first, last = max(0, size - int(asked["ends"])), size - 1
    else:
        first = int(asked["first"])
        last = min(int(asked["last"] or size), size - 1)
    return (first, last) if first <= last else None


def _beyond(request: HttpRequest, file: Stored) -> HttpResponse:
    detail = _("The file has %(size)s bytes: ask for a part of these.") % {"size": file.size}
    response = problem(request, status=416, detail=detail, code="no_such_part")
    response["Content-Range"] = f"bytes */{file.size}"
    return response
