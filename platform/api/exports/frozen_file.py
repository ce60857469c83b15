"""The file of a frozen export as an answer."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from api.exports.encoding import CONTENT_TYPES
from api.exports.ranges import Stored, answer
from core.errors import ConflictError, MissingFilesError
from registry.pieces import is_there
from rounds.models import FrozenExport


def frozen_file(request: HttpRequest, frozen: FrozenExport) -> HttpResponseBase:
    """All of it or a part; ConflictError until it is written, MissingFilesError if it is gone."""
    if not frozen.is_there:
        raise ConflictError(
            _("This export is not written yet: look at its state, and come again when it is.")
        )
    if not is_there(frozen.uri, frozen.file, size=frozen.size):
        raise MissingFilesError(
            _("The file of this export is missing: restore it from a backup, or freeze it again.")
        )
    stored = Stored(
        uri=frozen.uri,
        file=frozen.file,
        size=frozen.size,
        sha256=frozen.sha256,
        content_type=CONTENT_TYPES[frozen.encoding],
        name=f"{frozen.project.slug}-{frozen.pk}-{frozen.file}",
    )
    return answer(request, stored)
