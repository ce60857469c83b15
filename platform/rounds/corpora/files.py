"""A file of a corpus, read: one text, or JSON lines with a text each."""

from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext as _

from core import limits
from core.errors import BadInputError
from core.text import clean_text
from labeling.encodings import decode
from labeling.file_rows import Walked, walk
from labeling.readers import json_text
from labeling.readers.base import Columns
from labeling.readers.no_text import LONGEST_MAGIC, known_form

MOST_TEXTS = 200_000
TEXTS = Columns(needed=("text",))
JSON = {".jsonl", ".ndjson", ".json"}  # all else is one text


def read_texts(file: IO[bytes], *, name: str, encoding: str = "") -> Walked[str]:
    """The texts of a file called `name`, and what is wrong with its lines.

    BadInputError where it cannot be read as a whole.
    """
    file.seek(0)
    if what := known_form(file.read(LONGEST_MAGIC)):
        raise BadInputError(
            _("The file is %(what)s. Save it as plain text, or as JSON lines.") % {"what": what}
        )
    text = decode(file, encoding)
    if PurePath(name).suffix.lower() in JSON:
        return walk(json_text.source(text, TEXTS), _text_of, most=MOST_TEXTS)
    whole = text.whole()
    if not whole.strip():
        raise BadInputError(_("The file is empty."))
    return Walked(rows=[clean_text(whole, limit=limits.CORPUS_FILE, field=_("The text"))])


def _text_of(value: object, _number: int) -> str:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise BadInputError(_("it needs “text”, a text"))
    if not value["text"].strip():
        raise BadInputError(_("“text” is empty"))
    return clean_text(value["text"], limit=limits.CORPUS_FILE, field="text")
