"""Files that are no text, told by how they begin."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError

# How files begin that are no text.
_NO_TEXT = {
    b"PK\x03\x04": gettext_lazy("an Excel workbook or another zip archive"),
    b"PAR1": gettext_lazy("a Parquet file"),
    b"\x1f\x8b": gettext_lazy("compressed by gzip"),
    b"\x28\xb5\x2f\xfd": gettext_lazy("compressed by zstd"),
    b"%PDF": gettext_lazy("a PDF"),
    b"SQLite format 3": gettext_lazy("an SQLite database"),
}
LONGEST_MAGIC = max(map(len, _NO_TEXT))  # bytes


def known_form(head: bytes) -> str:
    """What a file is that begins so, where it is known not to be text; else empty."""
    return next((str(what) for start, what in _NO_TEXT.items() if head.startswith(start)), "")


def check_is_text(head: bytes) -> None:
    """BadInputError that names the form of a file that begins so and is known to be no text."""
    if what := known_form(head):
        raise BadInputError(
            _("The file is %(what)s. Save it as JSON lines or as CSV.") % {"what": what}
        )
