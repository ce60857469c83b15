"""A file of a model, a snapshot or a corpus as an answer: whole, or a part of it."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from api.exports.ranges import Stored
from api.exports.ranges import answer as answer_with
from core.errors import NotFoundError

PART = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
SUMS = {
    "ETag": {"description": "The file's SHA-256, in quotes.", "schema": {"type": "string"}},
    "Repr-Digest": {"description": "The same as RFC 9530 has it.", "schema": {"type": "string"}},
}
WHERE = {"Content-Range": {"description": "Of how many bytes.", "schema": {"type": "string"}}}
DOWNLOAD = {  # of an operation that answers with a file, for its OpenAPI document
    "responses": {
        200: {"description": "The file.", "content": PART, "headers": SUMS},
        206: {"description": "The part of `Range`.", "content": PART, "headers": SUMS | WHERE},
        304: {"description": "You have it: `If-None-Match` names it."},
    }
}


def answer(
    request: Any, *, uri: str, files: dict[str, Any], name: str, saved_as: str
) -> HttpResponseBase:
    """The file `name` of the folder at `uri`, of which `files` says size and SHA-256 of each.

    NotFoundError where there is none of the name, MissingFilesError where it is not as stored.
    """
    if name not in files:
        raise NotFoundError(_("There is no such file: the list of files says which there are."))
    stored = Stored(
        uri=uri,
        file=name,
        size=int(files[name]["size"]),
        sha256=str(files[name]["sha256"]),
        content_type="application/octet-stream",
        name=saved_as,
    )
    return answer_with(request, stored)
