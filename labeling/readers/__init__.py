"""Files that people upload, whatever form they have: one module a form (see base)."""

from dataclasses import dataclass

from labeling.encodings import decode
from labeling.readers import json_text, parquet, tables
from labeling.readers.base import Columns, Source
from labeling.readers.no_text import check_is_text


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file whose form is known.

    encoding: of its text, one of encodings.CHOICES, "" for no text; guessed: nobody has said so.
    """

    source: Source
    encoding: str = ""
    guessed: bool = False


def open_file(raw: bytes, columns: Columns, *, most: int, encoding: str = "") -> Opened:
    """The file as entries; BadInputError where it is of no form that is known.

    most: entries that are of use. encoding: what people say it is in; "" is to be guessed.
    """
    if parquet.is_one(raw):
        return Opened(source=parquet.source(raw, columns, most=most))
    check_is_text(raw)
    decoded = decode(raw, encoding)
    return Opened(
        source=open_text(decoded.text, columns, most=most),
        encoding=decoded.encoding,
        guessed=decoded.guessed,
    )


def open_text(text: str, columns: Columns, *, most: int) -> Source:
    """The same of a text: a table or JSON."""
    if tables.is_table(text, columns):
        return tables.source(text, columns)
    return json_text.source(text, most=most, needed=columns.needed)
