"""A file of a corpus, read: one text, or JSON lines with a text each."""

from pathlib import PurePath

from django.utils.translation import gettext as _

from core import limits
from core.errors import BadInputError
from core.text import clean_text
from labeling.encodings import decode
from labeling.file_rows import Walked, walk
from labeling.readers import json_text
from labeling.readers.no_text import known_form

LARGEST = limits.IMPORT_FILE  # bytes, and so the characters of a text
MOST_TEXTS = 200_000
JSON = {".jsonl", ".ndjson", ".json"}  # all else is one text


def read_texts(raw: bytes, *, name: str, encoding: str = "") -> Walked[str]:
    """The texts of a file called `name`, and what is wrong with its lines.

    BadInputError where it cannot be read as a whole.
    """
    if len(raw) > LARGEST:
        raise BadInputError(
            _("The file is larger than %(most)s MB: split it.") % {"most": LARGEST // 2**20}
        )
    if what := known_form(raw):
        raise BadInputError(
            _("The file is %(what)s. Save it as plain text, or as JSON lines.") % {"what": what}
        )
    text = decode(raw, encoding).text
    if PurePath(name).suffix.lower() in JSON:
        return walk(json_text.source(text, most=MOST_TEXTS), _text_of, most=MOST_TEXTS)
    if not text.strip():
        raise BadInputError(_("The file is empty."))
    return Walked(rows=[clean_text(text, limit=LARGEST, field=_("The text"))])


def _text_of(value: object, _number: int) -> str:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise BadInputError(_("it needs “text”, a text"))
    if not value["text"].strip():
        raise BadInputError(_("“text” is empty"))
    return clean_text(value["text"], limit=LARGEST, field="text")
